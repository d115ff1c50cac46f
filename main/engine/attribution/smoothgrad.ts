/** SmoothGrad (Smilkov et al. 2017): the mean of gradients at noisy copies of a picture. */
import { normal, random } from '../ascent/random.ts';
import { groups, passesFor, type Differentiable, type Passes } from './differentiable.ts';

interface SmoothGradOptions {
  readonly samples: number;
  /** Deviation of the noise, as a part of the range max − min of the picture. */
  readonly noise: number;
  /** Averages the squares of the gradients instead, so that signs do not cancel; the authors' code calls it "magnitude". */
  readonly squares: boolean;
  readonly seed: number;
}

/** Passes that {@link smoothGrad} takes. */
export const smoothGradPasses = (samples: number, batch: number): number => passesFor(samples, batch);

/** The mean of ∇F, or of its square, at x + N(0, σ²). Sample k has the same noise whatever the batch. */
export async function* smoothGrad(
  f: Differentiable,
  x: Float32Array,
  { samples, noise, squares, seed }: SmoothGradOptions,
): Passes<Float32Array> {
  const deviation = noise * rangeOf(x);
  const sum = new Float64Array(x.length);
  const indices = Array.from({ length: samples }, (_, k) => k);
  for (const group of groups(indices, f.batch)) {
    const { gradients } = await f.gradients(group.map((k) => noisy(x, deviation, seed, k)));
    for (const gradient of gradients)
      gradient.forEach((g, i) => (sum[i] = (sum[i] ?? 0) + (squares ? g * g : g)));
    yield;
  }
  return Float32Array.from(sum, (total) => total / samples);
}

function rangeOf(x: Float32Array): number {
  let [low, high] = [Infinity, -Infinity];
  for (const value of x) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high - low;
}

/** x + N(0, σ²). */
function noisy(x: Float32Array, deviation: number, seed: number, sample: number): Float32Array {
  if (deviation === 0) return x;
  const next = random(seed, sample);
  return x.map((value) => value + deviation * normal(next));
}
