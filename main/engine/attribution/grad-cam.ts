/** Grad-CAM (Selvaraju et al. 2017): where a layer's channels speak for a score, each by the mean of its gradient. */
import { pixelsFrom } from '../imaging/pixels.ts';
import { resize } from '../imaging/resample.ts';
import type { AttributionMap } from './map.ts';

/** A layer at one picture: [channels, height, width]. */
export interface LayerValues {
  readonly channels: number;
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/**
 * relu(Σₖ wₖ·Aᵏ) at the layer's own size, where wₖ is the mean over positions of the score's gradient with respect to Aᵏ.
 *
 * @param gradient of the score with respect to the layer, of its shape
 */
export function gradCam(
  { channels, width, height, data }: LayerValues,
  gradient: Float32Array,
): AttributionMap {
  const plane = width * height;
  const map = new Float64Array(plane);
  for (let k = 0; k < channels; k++) {
    const weight = mean(gradient.subarray(k * plane, (k + 1) * plane));
    for (let i = 0; i < plane; i++) map[i] = (map[i] ?? 0) + weight * (data[k * plane + i] ?? 0);
  }
  return { channels: 1, width, height, data: Float32Array.from(map, (value) => Math.max(value, 0)) };
}

/** A one-plane map at another size, bilinear. */
export function enlarge(map: AttributionMap, width: number, height: number): AttributionMap {
  const plane = map.width * map.height;
  const grey = new Float32Array(3 * plane);
  for (let c = 0; c < 3; c++) grey.set(map.data, c * plane);
  const large = resize(pixelsFrom(map.width, map.height, grey), width, height, 'linear');
  return { channels: 1, width, height, data: large.data.slice(0, width * height) };
}

const mean = (values: Float32Array): number => values.reduce((a, b) => a + b, 0) / values.length;
