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
  const target = createPixels(width, height);
  const columns = width === pixels.width ? undefined : resampleTaps(pixels.width, width, kernel);
  const rows = height === pixels.height ? undefined : resampleTaps(pixels.height, height, kernel);
  apply(pixels, target, columns, rows);
  return target;
}

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
  apply(gradient, target, columns, rows);
  return target;
}

function apply(source: Pixels, target: Pixels, columns: Taps | undefined, rows: Taps | undefined): void {
  const { width, height } = source;
  const { width: outWidth, height: outHeight } = target;
  for (let c = 0; c < 3; c++) {
    const plane = source.data.subarray(c * width * height, (c + 1) * width * height);
    const out = target.data.subarray(c * outWidth * outHeight, (c + 1) * outWidth * outHeight);
    if (!columns && !rows) out.set(plane);
    else if (!columns && rows) resampleRows(plane, out, width, rows);
    else if (columns && !rows) resampleColumns(plane, out, width, height, columns);
    else if (columns && rows) {
      const between = new Float32Array(width * outHeight);
      resampleRows(plane, between, width, rows);
      resampleColumns(between, out, width, outHeight, columns);
    }
  }
}

/** Each output row is a weighted sum of input rows, three at a time: contiguous in memory, one store per three products. */
function resampleRows(source: Float32Array, target: Float32Array, width: number, taps: Taps): void {
  const { starts, weights, count } = taps;
  const sum = new Float64Array(width);
  for (let y = 0; y < starts.length; y++) {
    sum.fill(0);
    let r0 = (starts[y] ?? 0) * width;
    let w = y * count;
    for (const end = (y + 1) * count; w + 3 <= end; w += 3, r0 += 3 * width) {
      addThreeRows(sum, source, r0, weights[w] ?? 0, weights[w + 1] ?? 0, weights[w + 2] ?? 0);
    }
    for (; w < (y + 1) * count; w++, r0 += width) addRow(sum, source, r0, weights[w] ?? 0);
    target.set(sum, y * width);
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
