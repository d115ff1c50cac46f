/** Integrated gradients (Sundararajan, Taly & Yan 2017), with the gap in what they promise to add up to. */
import { groups, passesFor, type Differentiable, type Passes } from './differentiable.ts';
import { gaussLegendre } from './quadrature.ts';

interface IntegratedGradients {
  /** (x − x₀) · ∫ ∇F(x₀ + t(x − x₀)) dt, of the length of x. */
  readonly map: Float32Array;
  /** Sum of the map. */
  readonly sum: number;
  /** F(x) − F(x₀), which the sum is meant to equal. */
  readonly difference: number;
}

/** Passes that {@link integratedGradients} takes. */
export const integratedGradientsPasses = (nodes: number, batch: number): number =>
  passesFor(nodes + 2, batch);

/**
 * The integral along the straight path from `baseline` to `x`, by Gauss–Legendre quadrature with `nodes` nodes. The two ends
 * of the path are points like the others, of no weight: they give F(x₀) and F(x).
 */
export async function* integratedGradients(
  f: Differentiable,
  x: Float32Array,
  baseline: Float32Array,
  nodes: number,
): Passes<IntegratedGradients> {
  const points = [{ at: 0, weight: 0 }, { at: 1, weight: 0 }, ...gaussLegendre(nodes)];
  const integral = new Float64Array(x.length);
  const ends: number[] = [];
  for (const group of groups(points, f.batch)) {
    const path = group.map(({ at }) => x.map((v, i) => between(baseline[i] ?? 0, v, at)));
    const { values, gradients } = await f.gradients(path);
    if (ends.length < 2) ends.push(...values);
    group.forEach(({ weight }, k) => {
      if (weight === 0) return;
      gradients[k]?.forEach((derivative, i) => (integral[i] = (integral[i] ?? 0) + weight * derivative));
    });
    yield;
  }
  const parts = integral.map((mean, i) => mean * ((x[i] ?? 0) - (baseline[i] ?? 0)));
  const [from = 0, to = 0] = ends;
  return {
    map: Float32Array.from(parts),
    sum: parts.reduce((a, b) => a + b, 0),
    difference: to - from,
  };
}

/** Exact at both ends. */
const between = (from: number, to: number, t: number): number => (1 - t) * from + t * to;
