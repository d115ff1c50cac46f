/**
 * Resampling of float pictures, with the exact transpose of the same linear map. Own code, because a resize through an
 * 8-bit library would quantise the small detail an optimisation adds. Values stay sRGB-encoded, without a detour over linear
 * light: that is what the published preprocessing of the networks does.
 */
import type { Pixels } from './pixels.ts';
import { createPixels } from './pixels.ts';
import type { Kernel, Taps } from './taps.ts';
import { resampleTaps, transposeTaps } from './taps.ts';

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

/** Each output row is a weighted sum of input rows, four at a time: contiguous in memory, one store per four products. */
function resampleRows(source: Float32Array, target: Float32Array, width: number, taps: Taps): void {
  const { starts, weights, count } = taps;
  const sum = new Float64Array(width);
  for (let y = 0; y < starts.length; y++) {
    sum.fill(0);
    for (let k = 0; k < count; k += 4) {
      const w0 = weights[y * count + k] ?? 0;
      const w1 = weights[y * count + k + 1] ?? 0;
      const w2 = weights[y * count + k + 2] ?? 0;
      const w3 = weights[y * count + k + 3] ?? 0;
      const r0 = ((starts[y] ?? 0) + k) * width;
      for (let x = 0; x < width; x++) {
        sum[x] =
          (sum[x] ?? 0) +
          w0 * (source[r0 + x] ?? 0) +
          w1 * (source[r0 + width + x] ?? 0) +
          w2 * (source[r0 + 2 * width + x] ?? 0) +
          w3 * (source[r0 + 3 * width + x] ?? 0);
      }
    }
    target.set(sum, y * width);
  }
}

function resampleColumns(
  source: Float32Array,
  target: Float32Array,
  width: number,
  height: number,
  taps: Taps,
): void {
  const { starts, weights, count } = taps;
  const outWidth = starts.length;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < outWidth; x++) {
      const from = y * width + (starts[x] ?? 0);
      let sum = 0;
      for (let k = 0, w = x * count; k < count; k++, w++) sum += (weights[w] ?? 0) * (source[from + k] ?? 0);
      target[y * outWidth + x] = sum;
    }
  }
}
