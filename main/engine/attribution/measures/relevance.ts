/** The order in which measures take pixels, and the maps that know nothing of the network, which every map is compared with. */
import { random } from '../../ascent/random.ts';
import type { Pixels, Size } from '../../imaging/pixels.ts';
import type { Display } from '../display.ts';
import { summed, type AttributionMap } from '../map.ts';

/** How much each pixel counts: with its sign where the map says for or against, by its size where it only says how much. */
export const relevanceOf = (map: AttributionMap, display: Display): Float32Array =>
  summed(map, display === 'signed' || display === 'heat' ? 'signed' : 'magnitude');

/** The pixels, most relevant first; those that are equally so in a random order. */
export function ranked(relevance: Float32Array, seed: number): Uint32Array {
  const next = random(seed, relevance.length);
  const lots = Float64Array.from(relevance, next);
  return Uint32Array.from(relevance.keys()).sort(
    (i, j) => (relevance[j] ?? 0) - (relevance[i] ?? 0) || (lots[i] ?? 0) - (lots[j] ?? 0),
  );
}

/** Uniform in [0, 1). */
export function randomMap({ width, height }: Size, seed: number): Float32Array {
  const next = random(seed, 1);
  return Float32Array.from({ length: width * height }, next);
}

/** How steep a picture's grey is, by the operator of Sobel; its border repeats. */
export function edgeMap({ width, height, data }: Pixels): Float32Array {
  const plane = width * height;
  const grey = (x: number, y: number): number => {
    const i = Math.min(Math.max(y, 0), height - 1) * width + Math.min(Math.max(x, 0), width - 1);
    return ((data[i] ?? 0) + (data[plane + i] ?? 0) + (data[2 * plane + i] ?? 0)) / 3;
  };
  return Float32Array.from({ length: plane }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const across = (row: number): number => grey(x + 1, row) - grey(x - 1, row);
    const down = (column: number): number => grey(column, y + 1) - grey(column, y - 1);
    return Math.hypot(across(y - 1) + 2 * across(y) + across(y + 1), down(x - 1) + 2 * down(x) + down(x + 1));
  });
}

/** A normal distribution around the centre, of a deviation of a quarter of each side. */
export const centreMap = ({ width, height }: Size): Float32Array =>
  Float32Array.from({ length: width * height }, (_, i) => {
    const x = ((i % width) + 0.5 - width / 2) / (width / 4);
    const y = (Math.floor(i / width) + 0.5 - height / 2) / (height / 4);
    return Math.exp(-(x * x + y * y) / 2);
  });

/** A Gaussian blur; at the border the weights inside are brought to a sum of 1. @param sigma in pixels */
export function blurred(picture: Pixels, sigma: number): Pixels {
  const { width, height, data } = picture;
  const radius = Math.ceil(3 * sigma);
  const taps = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const along = (source: Float32Array, length: number, step: number, lines: number, between: number) => {
    const result = new Float32Array(source.length);
    for (let line = 0; line < lines; line++) {
      const start = line * between;
      for (let at = 0; at < length; at++) {
        let [sum, total] = [0, 0];
        for (let k = Math.max(0, at - radius); k <= Math.min(length - 1, at + radius); k++) {
          const tap = taps[k - at + radius] ?? 0;
          sum += tap * (source[start + k * step] ?? 0);
          total += tap;
        }
        result[start + at * step] = sum / total;
      }
    }
    return result;
  };
  const plane = width * height;
  const result = new Float32Array(data.length);
  for (let c = 0; c < 3; c++) {
    const across = along(data.subarray(c * plane, (c + 1) * plane), width, 1, height, width);
    result.set(along(across, height, width, width, 1), c * plane);
  }
  return { width, height, data: result };
}
