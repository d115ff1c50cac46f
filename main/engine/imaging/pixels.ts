/**
 * The one picture type of the engine: planar RGB float32, sRGB-encoded, nominally in [0,1]. It is a 1×3×H×W tensor
 * without its batch axis, so a network is fed without a copy. Nothing here clamps: an optimiser may leave [0,1] on the way.
 */

/** In pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A picture; `data` holds the planes R, G, B, each row-major. */
export interface Pixels extends Size {
  readonly data: Float32Array;
}

/** Interleaved samples, row-major: 0–255 in bytes or 0–65535 in 16-bit words. */
export type Samples = Uint8Array | Uint8ClampedArray | Uint16Array;

/** A picture of one colour, black by default. */
export function createPixels(
  width: number,
  height: number,
  fill: number | readonly [number, number, number] = 0,
): Pixels {
  if (!isSide(width) || !isSide(height))
    throw new RangeError(`a picture cannot be ${width}×${height} pixels`);
  const plane = width * height;
  const data = new Float32Array(3 * plane);
  const [r, g, b] = typeof fill === 'number' ? [fill, fill, fill] : fill;
  if (r !== 0) data.fill(r, 0, plane);
  if (g !== 0) data.fill(g, plane, 2 * plane);
  if (b !== 0) data.fill(b, 2 * plane);
  return { width, height, data };
}

/** Whether `value` may be a side of a picture. */
function isSide(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

/** A picture over existing samples, without a copy; `data` must hold 3·height·width values. */
export function pixelsFrom(width: number, height: number, data: Float32Array): Pixels {
  if (!isSide(width) || !isSide(height) || data.length !== 3 * width * height) {
    throw new RangeError(`${data.length} samples are not a picture of ${width}×${height} pixels`);
  }
  return { width, height, data };
}

/** An independent copy. */
export function clonePixels({ width, height, data }: Pixels): Pixels {
  return { width, height, data: data.slice() };
}

/**
 * Interleaved 8-bit samples, RGB or, with `alpha`, opaque RGBA. Values are clamped, NaN becomes 0, and the nearest level is
 * taken, halves to even: what an attack may rely on, since the same function writes every file. (255 times a float32 is
 * exact in a double, and the only half it can be is 127.5, which becomes 128 under every usual rule.)
 */
export function toBytes(
  { width, height, data }: Pixels,
  { alpha = false }: { alpha?: boolean } = {},
): Uint8Array {
  const plane = width * height;
  const channels = alpha ? 4 : 3;
  // Storing into a clamped array is defined (ECMAScript, ToUint8Clamp) as exactly this clamp and this rounding.
  const bytes = new Uint8ClampedArray(channels * plane);
  if (alpha) bytes.fill(255);
  for (let i = 0, o = 0; i < plane; i++, o += channels) {
    bytes[o] = (data[i] ?? 0) * 255;
    bytes[o + 1] = (data[plane + i] ?? 0) * 255;
    bytes[o + 2] = (data[2 * plane + i] ?? 0) * 255;
  }
  return new Uint8Array(bytes.buffer);
}

/** Interleaved 16-bit RGB samples, clamped and rounded like {@link toBytes}. */
export function toWords({ width, height, data }: Pixels): Uint16Array {
  const plane = width * height;
  const words = new Uint16Array(3 * plane);
  for (let c = 0; c < 3; c++) {
    for (let i = 0, o = c; i < plane; i++, o += 3) {
      const value = data[c * plane + i] ?? 0;
      words[o] = Math.round(Math.min(Math.max(value, 0), 1) * 65535);
    }
  }
  return words;
}

/**
 * Fills a picture from index `first` on, row by row, with interleaved samples of 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA)
 * channels, divided by 255 or 65535, as many as there are. Alpha is unassociated, and transparency shows white: paper, and what
 * most viewers put behind a picture.
 */
export function fillPixels(
  { width, height, data }: Pixels,
  first: number,
  samples: Samples,
  channels: number,
): void {
  const plane = width * height;
  const end = first + samples.length / channels;
  const max = samples instanceof Uint16Array ? 65535 : 255;
  const step = channels < 3 ? 0 : 1;
  for (let i = first, o = 0; i < end; i++, o += channels) {
    data[i] = (samples[o] ?? 0) / max;
    data[plane + i] = (samples[o + step] ?? 0) / max;
    data[2 * plane + i] = (samples[o + 2 * step] ?? 0) / max;
  }
  if (channels !== 2 && channels !== 4) return;
  for (let i = first, o = channels - 1; i < end; i++, o += channels) {
    const alpha = (samples[o] ?? max) / max;
    if (alpha === 1) continue;
    for (let j = i; j < 3 * plane; j += plane) data[j] = 1 - alpha * (1 - (data[j] ?? 0));
  }
}
