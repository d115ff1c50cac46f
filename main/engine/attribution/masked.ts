/** Methods that ask for the score of a picture seen through many masks: Score-CAM and RISE. */
import { random, uniformInteger } from '../ascent/random.ts';
import { pixelsFrom, type Pixels } from '../imaging/pixels.ts';
import { resize } from '../imaging/resample.ts';
import { enlargePlanes, weightedChannels, type LayerValues } from './class-activation.ts';
import { groups, passesFor, type Passes, type Scored } from './differentiable.ts';
import type { AttributionMap } from './map.ts';

/** m·x + (1 − m)·fill for each colour. @param mask one plane in [0, 1], 1 where the picture is seen */
export function masked({ width, height, data }: Pixels, mask: Float32Array, fill: Colour): Float32Array {
  const plane = width * height;
  const result = new Float32Array(data.length);
  fill.forEach((colour, c) => {
    for (let i = 0; i < plane; i++)
      result[c * plane + i] = colour + (mask[i] ?? 0) * ((data[c * plane + i] ?? 0) - colour);
  });
  return result;
}

/** R, G, B in [0, 1]. */
export type Colour = readonly [number, number, number];

/** Passes that {@link scoreCam} takes at most: flat channels are passed over. */
export const scoreCamPasses = (channels: number, batch: number): number => passesFor(channels, batch);

/**
 * Score-CAM (Wang et al. 2020): relu(Σₖ αₖ·Aᵏ), where α is the softmax over the channels of the score of the picture seen through
 * Aᵏ, enlarged bilinearly and brought to [0, 1]. Channels of one value count for nothing.
 */
export async function* scoreCam(
  f: Scored,
  picture: Pixels,
  layer: LayerValues,
  fill: Colour,
): Passes<AttributionMap> {
  const plane = layer.width * layer.height;
  const scores = new Map<number, number>();
  const all = Array.from({ length: layer.channels }, (_, k) => k);
  for (const group of groups(all, f.batch)) {
    const seen = group.filter((k) => spanOf(layer.data.subarray(k * plane, (k + 1) * plane)).high > 0);
    const planes = seen.map((k) => unitPlane(layer.data.subarray(k * plane, (k + 1) * plane)));
    const masks = enlargePlanes(planes, layer, picture);
    if (masks.length > 0) {
      const values = await f.values(masks.map((mask) => masked(picture, mask, fill)));
      seen.forEach((k, i) => scores.set(k, values[i] ?? 0));
    }
    yield;
  }
  const most = Math.max(...scores.values());
  const parts = new Map(Array.from(scores, ([k, value]) => [k, Math.exp(value - most)]));
  const total = Array.from(parts.values()).reduce((a, b) => a + b, 0) || 1;
  return weightedChannels(layer, (k) => (parts.get(k) ?? 0) / total);
}

/** The lowest value, and how far the highest is above it. */
function spanOf(plane: Float32Array): { low: number; high: number } {
  let [low, high] = [Infinity, -Infinity];
  for (const value of plane) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high: high - low };
}

function unitPlane(plane: Float32Array): Float32Array {
  const { low, high } = spanOf(plane);
  return plane.map((value) => (value - low) / high);
}

export interface RiseOptions {
  readonly masks: number;
  /** Cells of a mask along the shorter side of the picture. */
  readonly cells: number;
  /** Probability that a cell shows the picture. */
  readonly shown: number;
  readonly seed: number;
}

export const risePasses = (masks: number, batch: number): number => passesFor(masks, batch);

/**
 * RISE (Petsiuk, Das & Saenko 2018): the mean score of randomly masked pictures, weighted for each pixel by how much of it they
 * show, less the mean over all of them, around which the published sum lies. A mask is a grid of cells that show the picture or
 * not, one cell larger than the picture, enlarged bilinearly and moved at random.
 */
export async function* rise(
  f: Scored,
  picture: Pixels,
  options: RiseOptions,
  fill: Colour,
): Passes<AttributionMap> {
  const { width, height } = picture;
  const shown = new Float64Array(width * height);
  const weighted = new Float64Array(width * height);
  let sum = 0;
  const all = Array.from({ length: options.masks }, (_, k) => k);
  for (const group of groups(all, f.batch)) {
    const masks = group.map((k) => riseMask(picture, options, k));
    const values = await f.values(masks.map((mask) => masked(picture, mask, fill)));
    masks.forEach((mask, k) => {
      const value = values[k] ?? 0;
      sum += value;
      mask.forEach((m, i) => {
        shown[i] = (shown[i] ?? 0) + m;
        weighted[i] = (weighted[i] ?? 0) + m * value;
      });
    });
    yield;
  }
  const mean = sum / options.masks;
  const data = Float32Array.from(shown, (m, i) => (m === 0 ? 0 : (weighted[i] ?? 0) / m - mean));
  return { channels: 1, width, height, data };
}

/** The mask of a number, which is the same whatever the batch. */
export function riseMask({ width, height }: Pixels, options: RiseOptions, number: number): Float32Array {
  const { cells, shown, seed } = options;
  const next = random(seed, number);
  const side = Math.ceil(Math.min(width, height) / cells);
  const [columns, rows] = [Math.ceil(width / side) + 1, Math.ceil(height / side) + 1];
  const grid = new Float32Array(3 * columns * rows);
  for (let i = 0; i < columns * rows; i++) grid[i] = next() < shown ? 1 : 0;
  const large = resize(pixelsFrom(columns, rows, grid), columns * side, rows * side, 'linear');
  const [x, y] = [uniformInteger(next, 0, side - 1), uniformInteger(next, 0, side - 1)];
  const mask = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = (y + row) * large.width + x;
    mask.set(large.data.subarray(start, start + width), row * width);
  }
  return mask;
}
