import { describe, expect, it } from 'vitest';
import { fourier } from './fft.ts';
import { normal, random } from './random.ts';

/** The sum as it is defined. */
function slow(re: Float64Array, im: Float64Array): { re: number[]; im: number[] } {
  const n = re.length;
  const at = (k: number, part: 0 | 1): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const [c, s] = [Math.cos((2 * Math.PI * i * k) / n), Math.sin((2 * Math.PI * i * k) / n)];
      const [x, y] = [re[i] ?? 0, im[i] ?? 0];
      sum += part === 0 ? x * c + y * s : y * c - x * s;
    }
    return sum;
  };
  return { re: Array.from(re, (_, k) => at(k, 0)), im: Array.from(re, (_, k) => at(k, 1)) };
}

const noise = (length: number, seed: number): Float64Array => {
  const next = random(seed);
  return Float64Array.from({ length }, () => normal(next));
};

function farthest(actual: Float64Array, expected: ArrayLike<number>): number {
  return Math.max(...actual.map((value, i) => Math.abs(value - (expected[i] ?? NaN))));
}

describe.each([1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 30, 32, 34, 64, 97, 128, 140, 224])(
  'the transform of %i numbers',
  (n) => {
    it('is the sum that defines it, and is undone by the other direction', () => {
      const [re, im] = [noise(n, 1), noise(n, 2)];
      const [a, b] = [re.slice(), im.slice()];
      fourier(n).forward(a, b);
      const expected = slow(re, im);
      expect(farthest(a, expected.re)).toBeLessThan(1e-10);
      expect(farthest(b, expected.im)).toBeLessThan(1e-10);
      fourier(n).backward(a, b);
      expect(
        farthest(
          a,
          re.map((value) => value * n),
        ),
      ).toBeLessThan(1e-10);
      expect(
        farthest(
          b,
          im.map((value) => value * n),
        ),
      ).toBeLessThan(1e-10);
    });
  },
);
