/** Where a layer's channels speak for a score, by the score's gradient there: Grad-CAM and its kin. */
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
 * relu(Σₖ wₖ·Aᵏ) at the layer's own size, where wₖ is the mean over positions of the score's gradient with respect to Aᵏ
 * (Selvaraju et al. 2017).
 *
 * @param gradient of the score with respect to the layer, of its shape
 */
export function gradCam(layer: LayerValues, gradient: Float32Array): AttributionMap {
  const plane = layer.width * layer.height;
  const weights = Array.from({ length: layer.channels }, (_, k) =>
    mean(gradient.subarray(k * plane, (k + 1) * plane)),
  );
  return weightedChannels(layer, (k) => weights[k] ?? 0);
}

/** relu(Σₖ gᵏ ⊙ Aᵏ), each position by its own gradient (HiResCAM, Draelos & Carin 2020). */
export function hiResCam(layer: LayerValues, gradient: Float32Array): AttributionMap {
  const plane = layer.width * layer.height;
  return weightedChannels(layer, (k, i) => gradient[k * plane + i] ?? 0);
}

/** relu(Σₖ relu(gᵏ) ⊙ Aᵏ) (LayerCAM, Jiang et al. 2021). */
export function layerCam(layer: LayerValues, gradient: Float32Array): AttributionMap {
  const plane = layer.width * layer.height;
  return weightedChannels(layer, (k, i) => Math.max(0, gradient[k * plane + i] ?? 0));
}

/** What is positive in the sum of a layer's channels, each position times its weight. */
export function weightedChannels(
  { channels, width, height, data }: LayerValues,
  weight: (channel: number, position: number) => number,
): AttributionMap {
  const plane = width * height;
  const map = new Float64Array(plane);
  for (let k = 0; k < channels; k++) {
    for (let i = 0; i < plane; i++) map[i] = (map[i] ?? 0) + weight(k, i) * (data[k * plane + i] ?? 0);
  }
  return { channels: 1, width, height, data: Float32Array.from(map, (value) => Math.max(value, 0)) };
}

/** A one-plane map at another size, bilinear. */
export function enlarge(map: AttributionMap, width: number, height: number): AttributionMap {
  const [data = new Float32Array()] = enlargePlanes([map.data], map, { width, height });
  return { channels: 1, width, height, data };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Planes of one size at another one, bilinear; three of them are a picture. */
export function enlargePlanes(planes: readonly Float32Array[], from: Size, to: Size): Float32Array[] {
  const [before, after] = [from.width * from.height, to.width * to.height];
  return Array.from({ length: Math.ceil(planes.length / 3) }, (_, i) => {
    const own = planes.slice(3 * i, 3 * i + 3);
    const picture = pixelsFrom(from.width, from.height, new Float32Array(3 * before));
    own.forEach((plane, c) => picture.data.set(plane, c * before));
    const { data } = resize(picture, to.width, to.height, 'linear');
    return own.map((_plane, c) => data.slice(c * after, (c + 1) * after));
  }).flat();
}

const mean = (values: Float32Array): number => values.reduce((a, b) => a + b, 0) / values.length;
