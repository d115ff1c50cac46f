/** The nearest point of a hyperplane within [0, 1]ⁿ, in L∞ and L2: what the FAB attack steps towards. */
import type { Norm } from '../../../shared/attacks/registry.ts';

/** More passes are never needed: each makes at least one sample reach an end of its range, in practice most that will. */
const PASSES = 100;

/** The share of the way at which the plane counts as reached. */
const REACHED = 1 - 1e-9;

/**
 * The smallest d with w·d = `way` and x + d in [0, 1]ⁿ; where there is none, the d that comes nearest to the plane.
 *
 * Every sample moves the same way λ (L∞), or in proportion to |wᵢ| (L2), as far as its range allows. What that gains is concave and
 * piecewise linear in λ, so Newton's method from 0 ends at the exact λ.
 */
export function toPlane(x: Float32Array, w: Float32Array, way: number, norm: Norm): Float32Array {
  const d = new Float32Array(x.length);
  const wanted = Math.abs(way);
  if (!(wanted > 0 && wanted < Infinity)) return d;
  const up = way > 0;
  const room = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const value = x[i] ?? 0;
    room[i] = (w[i] ?? 0) > 0 === up ? 1 - value : value;
  }
  let lambda = 0;
  for (let pass = 0; pass < PASSES; pass++) {
    let gained = 0;
    let slope = 0;
    for (let i = 0; i < x.length; i++) {
      const weight = Math.abs(w[i] ?? 0);
      const rate = norm === 'linf' ? 1 : weight;
      const space = room[i] ?? 0;
      if (lambda * rate < space) {
        gained += weight * lambda * rate;
        slope += weight * rate;
      } else gained += weight * space;
    }
    if (slope === 0 || gained >= REACHED * wanted) break;
    lambda += (wanted - gained) / slope;
  }
  for (let i = 0; i < x.length; i++) {
    const weight = w[i] ?? 0;
    if (weight === 0) continue;
    const size = Math.min(lambda * (norm === 'linf' ? 1 : Math.abs(weight)), room[i] ?? 0);
    d[i] = weight > 0 === up ? size : -size;
  }
  return d;
}
