/** Functions whose answers are known, as the methods ask them. */
import type { Differentiable, Passes, Scored } from '../differentiable.ts';

/** Inputs as a flat array. */
export type Point = ArrayLike<number>;
export const at = (x: Point, i: number): number => x[i] ?? NaN;

/** A function with its gradient, asked for at `batch` points at once; more are refused. */
export function known(
  f: (x: Point) => number,
  gradient: (x: Point) => number[],
  batch = 4,
): Differentiable & Scored {
  const checked = <T>(points: readonly Float32Array[], answer: (point: Float32Array) => T): Promise<T[]> => {
    if (points.length === 0 || points.length > batch) throw new Error(`${points.length} points at once`);
    return Promise.resolve(points.map(answer));
  };
  return {
    batch,
    values: (points) => checked(points, f),
    gradients: async (points) => ({
      values: await checked(points, f),
      gradients: await checked(points, (p) => Float32Array.from(gradient(p))),
    }),
  };
}

/** What a method finds, and in how many passes. */
export async function finish<T>(passes: Passes<T>): Promise<{ found: T; passes: number }> {
  for (let count = 0; ; count++) {
    const next = await passes.next();
    if (next.done === true) return { found: next.value, passes: count };
  }
}
