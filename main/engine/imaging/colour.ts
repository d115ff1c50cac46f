/** Colour of one picture, light of another. */
import type { Pixels } from './pixels.ts';
import { createPixels } from './pixels.ts';

/** Luma of sRGB-encoded values, ITU-R BT.601: what JPEG and the usual "YCbCr" mean. */
const LUMA = [0.299, 0.587, 0.114] as const;

/**
 * The luma of `target` with the chroma (Cb, Cr) of `source`: a dream that keeps the colours of its photo. Both pictures must
 * have one size. Where a chroma is too strong for its new luma the colour is made paler rather than clipped, so the luma
 * of the result is exactly that of `target` (clamped to [0,1]).
 */
export function transferColour(source: Pixels, target: Pixels): Pixels {
  const { width, height } = source;
  if (target.width !== width || target.height !== height) {
    throw new RangeError(`colours of ${width}×${height} pixels do not fit ${target.width}×${target.height}`);
  }
  const plane = width * height;
  const result = createPixels(width, height);
  const light = luma(target);
  const own = luma(source);
  for (let i = 0; i < plane; i++) {
    const y = Math.min(Math.max(light[i] ?? 0, 0), 1);
    // The same Cb and Cr at another luma is the same offset in R, G and B, because the transform is linear.
    const r = (source.data[i] ?? 0) - (own[i] ?? 0);
    const g = (source.data[plane + i] ?? 0) - (own[i] ?? 0);
    const b = (source.data[2 * plane + i] ?? 0) - (own[i] ?? 0);
    const high = Math.max(r, g, b);
    const low = Math.min(r, g, b);
    const paler = Math.min(1, high > 0 ? (1 - y) / high : 1, low < 0 ? -y / low : 1);
    result.data[i] = y + paler * r;
    result.data[plane + i] = y + paler * g;
    result.data[2 * plane + i] = y + paler * b;
  }
  return result;
}

/** The luma of every pixel, one plane of height·width values. */
export function luma({ width, height, data }: Pixels): Float32Array {
  const plane = width * height;
  const result = new Float32Array(plane);
  for (let i = 0; i < plane; i++) {
    result[i] =
      LUMA[0] * (data[i] ?? 0) + LUMA[1] * (data[plane + i] ?? 0) + LUMA[2] * (data[2 * plane + i] ?? 0);
  }
  return result;
}
