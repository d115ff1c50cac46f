/**
 * Tables over a grid, such as learnt positions, at another size: bicubic and antialiased, as PyTorch's `interpolate` does it
 * (Keys' cubic with a = −½, half-pixel centres, weights that sum to one).
 */
import type { FloatTensor } from '../tensor.ts';
import { float32, sizeOf } from '../tensor.ts';

/** Keys' cubic of a distance in samples. */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/** For each new sample the first old one that counts, and the weights from there on. */
function weightsBetween(from: number, to: number): { first: number; weights: number[] }[] {
  const scale = from / to;
  const widened = Math.max(scale, 1);
  return Array.from({ length: to }, (_, i) => {
    const centre = scale * (i + 0.5);
    const first = Math.max(Math.trunc(centre - 2 * widened + 0.5), 0);
    const end = Math.min(Math.trunc(centre + 2 * widened + 0.5), from);
    const weights = Array.from({ length: end - first }, (__, j) =>
      cubic((first + j - centre + 0.5) / widened),
    );
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

/** A table at another size of one of its axes. */
export function resampledAlong({ data, dims }: FloatTensor, axis: number, to: number): FloatTensor {
  const from = dims[axis] ?? 1;
  const inner = sizeOf(dims.slice(axis + 1));
  const outer = sizeOf(dims.slice(0, axis));
  const samples = weightsBetween(from, to);
  const result = new Float32Array(outer * to * inner);
  for (let o = 0; o < outer; o++) {
    samples.forEach(({ first, weights }, i) => {
      for (let k = 0; k < inner; k++) {
        let sum = 0;
        weights.forEach((weight, j) => {
          sum += weight * (data[(o * from + first + j) * inner + k] ?? 0);
        });
        result[(o * to + i) * inner + k] = sum;
      }
    });
  }
  return float32(result, dims.toSpliced(axis, 1, to));
}
