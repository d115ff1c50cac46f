/** The pictures within ε of an original: steps of steepest ascent, projections and random points, in L∞ and L2. */
import type { Norm } from '../../../shared/attacks/registry.ts';
import { normal, type Random } from '../ascent/random.ts';

/** `epsilon` in pixel units: a sample runs from 0 to 1. */
export interface Ball {
  readonly norm: Norm;
  readonly epsilon: number;
}

/** Euclidean length, summed in double precision. */
export function length2(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] ?? 0) * (values[i] ?? 0);
  return Math.sqrt(sum);
}

/** Euclidean distance of two pictures. */
export function distance2(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const d = (a[i] ?? 0) - (b[i] ?? 0);
    sum += d * d;
  }
  return Math.sqrt(sum);
}

/** The largest difference of a sample of two pictures. */
export function largestChange(a: Float32Array, b: Float32Array): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
  return most;
}

/** How far two pictures are from each other in a norm. */
export const distanceIn = (norm: Norm, a: Float32Array, b: Float32Array): number =>
  norm === 'l2' ? distance2(a, b) : largestChange(a, b);

/**
 * x + size·(the direction of steepest ascent in the norm), back into the ball around `original` and into [0, 1]; in place.
 * L∞ follows the sign of the gradient, L2 the gradient divided by its length. Where the gradient is zero or no number,
 * x stays.
 *
 * @returns whether the gradient pointed anywhere
 */
export function ascend(
  x: Float32Array,
  gradient: Float32Array,
  size: number,
  original: Float32Array,
  ball: Ball,
): boolean {
  return ball.norm === 'linf'
    ? ascendBySign(x, gradient, size, original, ball.epsilon)
    : ascendByLength(x, gradient, size, original, ball.epsilon);
}

function ascendBySign(
  x: Float32Array,
  gradient: Float32Array,
  size: number,
  original: Float32Array,
  epsilon: number,
): boolean {
  let moved = false;
  for (let i = 0; i < x.length; i++) {
    const g = gradient[i] ?? 0;
    const centre = original[i] ?? 0;
    let value = x[i] ?? 0;
    if (g > 0) value += size;
    else if (g < 0) value -= size;
    else continue;
    moved = true;
    const low = centre > epsilon ? centre - epsilon : 0;
    const high = centre + epsilon < 1 ? centre + epsilon : 1;
    x[i] = value < low ? low : value > high ? high : value;
  }
  return moved;
}

function ascendByLength(
  x: Float32Array,
  gradient: Float32Array,
  size: number,
  original: Float32Array,
  epsilon: number,
): boolean {
  const length = length2(gradient);
  if (!(length > 0 && length < Infinity)) return false;
  const factor = size / length;
  for (let i = 0; i < x.length; i++) x[i] = (x[i] ?? 0) + factor * (gradient[i] ?? 0);
  project(x, original, { norm: 'l2', epsilon });
  return true;
}

/** The nearest point of the ball, and then of [0, 1]; in place. The second cannot leave the ball, whose centre is in [0, 1]. */
export function project(x: Float32Array, original: Float32Array, { norm, epsilon }: Ball): void {
  const far = norm === 'l2' ? distance2(x, original) : 0;
  const shrink = far > epsilon ? epsilon / far : 1;
  const reach = norm === 'linf' ? epsilon : Infinity;
  for (let i = 0; i < x.length; i++) {
    const centre = original[i] ?? 0;
    const d = ((x[i] ?? 0) - centre) * shrink;
    const value = shrink === 1 && d <= reach && d >= -reach ? (x[i] ?? 0) : centre + clamp(d, -reach, reach);
    x[i] = clamp(value, 0, 1);
  }
}

/** A point of the ball, uniformly drawn, and brought into [0, 1]. */
export function randomPoint(original: Float32Array, { norm, epsilon }: Ball, next: Random): Float32Array {
  const x = original.slice();
  if (epsilon === 0) return x;
  if (norm === 'linf') {
    for (let i = 0; i < x.length; i++) x[i] = clamp((x[i] ?? 0) + (2 * next() - 1) * epsilon, 0, 1);
    return x;
  }
  const direction = Float32Array.from(x, () => normal(next));
  const factor = (epsilon * next() ** (1 / x.length)) / length2(direction);
  for (let i = 0; i < x.length; i++) x[i] = clamp((x[i] ?? 0) + factor * (direction[i] ?? 0), 0, 1);
  return x;
}

const clamp = (value: number, low: number, high: number): number =>
  value < low ? low : value > high ? high : value;
