/** What an attribution gives: a number for every pixel, or for each of its three colours. */
import type { Pixels } from '../imaging/pixels.ts';

export interface AttributionMap {
  /** 3: planes R, G, B; 1: one plane for the pixel as a whole. */
  readonly channels: 1 | 3;
  readonly width: number;
  readonly height: number;
  /** Planar, row-major: `channels`·height·width values. */
  readonly data: Float32Array;
}

/** A map of a picture's colours over existing values, without a copy. */
export const colourMap = ({ width, height }: Pixels, data: Float32Array): AttributionMap => ({
  channels: 3,
  width,
  height,
  data,
});

/** Σ over the channels of each value (`signed`) or of its size (`magnitude`), one plane. */
export function summed(
  { channels, width, height, data }: AttributionMap,
  of: 'signed' | 'magnitude',
): Float32Array {
  const plane = width * height;
  const result = new Float32Array(plane);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < plane; i++) {
      const value = data[c * plane + i] ?? 0;
      result[i] = (result[i] ?? 0) + (of === 'signed' ? value : Math.abs(value));
    }
  }
  return result;
}

/** The product of two maps of one size, value by value; a single plane multiplies each colour. */
export function product(a: AttributionMap, b: AttributionMap): AttributionMap {
  const plane = a.width * a.height;
  const at = (map: AttributionMap, i: number): number => map.data[map.channels === 1 ? i % plane : i] ?? 0;
  const wide = a.channels >= b.channels ? a : b;
  return { ...wide, data: wide.data.map((_, i) => at(a, i) * at(b, i)) };
}
