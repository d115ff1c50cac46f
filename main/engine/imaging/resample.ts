/**
 * Resampling of float pictures, with the exact transpose of the same linear map. Own code, because a resize through an
 * 8-bit library would quantise the small detail an optimisation adds. Values stay sRGB-encoded, without a detour over linear
 * light: that is what the published preprocessing of the networks does.
 */
import { createPixels, type Pixels, type Size } from './pixels.ts';
import type { Kernel, Taps } from './taps.ts';
import { resampleTaps, transposeTaps } from './taps.ts';

/** `size` brought to a longer side, keeping its shape; no side becomes 0. */
export function fitLonger({ width, height }: Size, longer: number): Size {
  const factor = longer / Math.max(width, height);
  const side = (value: number): number => Math.max(1, Math.round(value * factor));
  return { width: side(width), height: side(height) };
}

export type { Kernel } from './taps.ts';

/**
 * The picture at another size, antialiased when shrinking (the kernel is stretched by the factor, as Pillow does). A side
 * that keeps its length is copied. Nothing is clamped: `lanczos` and `cubic` overshoot at edges.
 */
export function resize(pixels: Pixels, width: number, height: number, kernel: Kernel = 'lanczos'): Pixels {
  return applied(pixels, createPixels(width, height), rowResizer(pixels, { width, height }, kernel));
}

/** Output rows that are computed at a time: what lies between the two directions then stays in a processor's cache. */
export const STRIP = 32;

/** A linear map of one channel: writes its output rows from `first` up to `end`, at most {@link STRIP}, to the beginning of `out`. */
type RowMap = (plane: Float32Array, out: Float32Array, first: number, end: number) => void;

/** {@link resize} some rows of a channel at a time: for pictures that fill the memory. */
export function rowResizer(from: Size, to: Size, kernel: Kernel = 'lanczos'): RowMap {
  const columns = from.width === to.width ? undefined : resampleTaps(from.width, to.width, kernel);
  const rows = from.height === to.height ? undefined : resampleTaps(from.height, to.height, kernel);
  return rowMap(from.width, columns, rows);
}

/** The samples of one channel, as a view. */
export const planeOf = ({ width, height, data }: Pixels, c: number): Float32Array =>
  data.subarray(c * width * height, (c + 1) * width * height);

/**
 * The transpose of {@link resize}: takes a gradient with respect to the resized picture back to one with respect to the
 * original of `width`×`height`, so that ⟨resize(x), y⟩ = ⟨x, resizeAdjoint(y)⟩ for all x and y.
 */
export function resizeAdjoint(
  gradient: Pixels,
  width: number,
  height: number,
  kernel: Kernel = 'lanczos',
): Pixels {
  const target = createPixels(width, height);
  const columns =
    width === gradient.width ? undefined : transposeTaps(resampleTaps(width, gradient.width, kernel));
  const rows =
    height === gradient.height ? undefined : transposeTaps(resampleTaps(height, gradient.height, kernel));
  return applied(gradient, target, rowMap(gradient.width, columns, rows));
}

/** A part of a resized picture, whole pixels. */
export interface Part extends Size {
  readonly x: number;
  readonly y: number;
}

/**
 * A part of what {@link resize} gives, in the memory of that part: pictures that are long and narrow may be resized to any length.
 *
 * @param size of the whole
 */
export function resizePart(pixels: Pixels, size: Size, part: Part, kernel: Kernel = 'lanczos'): Pixels {
  const map = rowMap(pixels.width, ...partTaps(pixels, size, part, kernel));
  return applied(pixels, createPixels(part.width, part.height), map);
}

/** The transpose of {@link resizePart}, back to a picture of the size `from`. */
export function resizePartAdjoint(
  gradient: Pixels,
  from: Size,
  size: Size,
  part: Part,
  kernel: Kernel = 'lanczos',
): Pixels {
  const [columns, rows] = partTaps(from, size, part, kernel).map(transposeTaps);
  return applied(gradient, createPixels(from.width, from.height), rowMap(part.width, columns, rows));
}

const partTaps = (from: Size, size: Size, part: Part, kernel: Kernel): [columns: Taps, rows: Taps] => [
  resampleTaps(from.width, size.width, kernel, part.x, part.width),
  resampleTaps(from.height, size.height, kernel, part.y, part.height),
];

function applied(source: Pixels, target: Pixels, map: RowMap): Pixels {
  const { width, height } = target;
  for (let c = 0; c < 3; c++) {
    const [plane, out] = [planeOf(source, c), planeOf(target, c)];
    for (let y = 0; y < height; y += STRIP) {
      const end = Math.min(y + STRIP, height);
      map(plane, out.subarray(y * width, end * width), y, end);
    }
  }
  return target;
}

function rowMap(width: number, columns: Taps | undefined, rows: Taps | undefined): RowMap {
  if (columns === undefined && rows === undefined)
    return (plane, out, first, end) => out.set(plane.subarray(first * width, end * width));
  if (columns === undefined)
    return (plane, out, first, end) => rows && resampleRows(plane, out, width, rows, first, end);
  if (rows === undefined)
    return (plane, out, first, end) =>
      resampleColumns(plane.subarray(first * width, end * width), out, width, end - first, columns);
  const between = new Float32Array(width * STRIP);
  return (plane, out, first, end) => {
    resampleRows(plane, between, width, rows, first, end);
    resampleColumns(between, out, width, end - first, columns);
  };
}

/** Each output row is a weighted sum of input rows, three at a time: contiguous in memory, one store per three products. */
function resampleRows(
  source: Float32Array,
  target: Float32Array,
  width: number,
  { starts, weights, count }: Taps,
  first: number,
  end: number,
): void {
  const sum = new Float64Array(width);
  for (let y = first; y < end; y++) {
    sum.fill(0);
    let r0 = (starts[y] ?? 0) * width;
    let w = y * count;
    for (const last = (y + 1) * count; w + 3 <= last; w += 3, r0 += 3 * width) {
      addThreeRows(sum, source, r0, weights[w] ?? 0, weights[w + 1] ?? 0, weights[w + 2] ?? 0);
    }
    for (; w < (y + 1) * count; w++, r0 += width) addRow(sum, source, r0, weights[w] ?? 0);
    target.set(sum, (y - first) * width);
  }
}

function addThreeRows(
  sum: Float64Array,
  source: Float32Array,
  start: number,
  w0: number,
  w1: number,
  w2: number,
): void {
  const width = sum.length;
  let r0 = start;
  let r1 = r0 + width;
  let r2 = r1 + width;
  for (let x = 0; x < width; x++) {
    sum[x] = (sum[x] ?? 0) + w0 * (source[r0++] ?? 0) + w1 * (source[r1++] ?? 0) + w2 * (source[r2++] ?? 0);
  }
}

function addRow(sum: Float64Array, source: Float32Array, start: number, weight: number): void {
  let r = start;
  for (let x = 0; x < sum.length; x++) sum[x] = (sum[x] ?? 0) + weight * (source[r++] ?? 0);
}

/** Each output column is a weighted sum of input columns, for four rows at a time, so that a weight is read once for four. */
function resampleColumns(
  source: Float32Array,
  target: Float32Array,
  width: number,
  height: number,
  taps: Taps,
): void {
  const { starts, weights, count } = taps;
  const outWidth = starts.length;
  for (let y = 0; y < height; y += 4) {
    // Past the last row the same row is computed again, into the same place.
    const y1 = Math.min(y + 1, height - 1);
    const y2 = Math.min(y + 2, height - 1);
    const y3 = Math.min(y + 3, height - 1);
    for (let x = 0; x < outWidth; x++) {
      const start = starts[x] ?? 0;
      let r0 = y * width + start;
      let r1 = y1 * width + start;
      let r2 = y2 * width + start;
      let r3 = y3 * width + start;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let k = x * count; k < (x + 1) * count; k++) {
        const w = weights[k] ?? 0;
        s0 += w * (source[r0++] ?? 0);
        s1 += w * (source[r1++] ?? 0);
        s2 += w * (source[r2++] ?? 0);
        s3 += w * (source[r3++] ?? 0);
      }
      target[y * outWidth + x] = s0;
      target[y1 * outWidth + x] = s1;
      target[y2 * outWidth + x] = s2;
      target[y3 * outWidth + x] = s3;
    }
  }
}
