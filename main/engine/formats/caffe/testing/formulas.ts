/** Layers as formulas over indices, which the tests compare the graphs with. */
import type { FloatTensor } from '../../../graph/tensor.ts';

/** A tensor as a function of its indices, 0 outside. */
export type At = (n: number, c: number, y: number, x: number) => number;

export const reader = ({ data, dims }: FloatTensor): At => {
  const [batch = 1, channels = 1, height = 1, width = 1] = dims;
  return (n, c, y, x) => {
    const inside = n < batch && c >= 0 && c < channels && y >= 0 && y < height && x >= 0 && x < width;
    return inside ? (data[((n * channels + c) * height + y) * width + x] ?? NaN) : 0;
  };
};

/** All values of a tensor of four axes, by a formula. */
export function tabulate(
  [batch = 1, channels = 1, height = 1, width = 1]: readonly number[],
  value: At,
): number[] {
  const values: number[] = [];
  for (let n = 0; n < batch; n++)
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) values.push(value(n, c, y, x));
  return values;
}

/** The sum of a function over 0 ≤ i < count. */
export const sum = (count: number, term: (i: number) => number): number =>
  Array.from({ length: count }, (_, i) => term(i)).reduce((a, b) => a + b, 0);

export interface Case {
  readonly title: string;
  /** The type and settings of the layer. */
  readonly layer: string;
  readonly weights?: readonly FloatTensor[];
  /** Shape of the input, [2, 4, 5, 6] unless said. */
  readonly dims?: readonly number[];
  /** Added to the input, to keep logarithms and powers real. */
  readonly offset?: number;
  /** Shape of the result, that of the input unless said. */
  readonly result?: readonly number[];
  readonly expected: (x: At) => readonly number[] | At;
}

/** Shape of the input of a case that has none of its own. */
export const DIMS = [2, 4, 5, 6];
