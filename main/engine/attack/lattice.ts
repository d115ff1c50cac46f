/**
 * Pictures as files hold them: whole grey levels. An attack counts only after its result has come back onto this lattice
 * without leaving the ball; everything here is in integers.
 */
import type { Ball } from './ball.ts';

/** Planar samples from 0 to 255. */
export type Levels = Uint8Array;

/** The largest change of a sample, in whole grey levels, that an L∞ ball of `epsilon` allows. */
export const levelsIn = (epsilon: number): number => Math.floor(255 * epsilon + 1e-6);

/** The nearest levels, halves to even, clamped to 0…255. */
export function toLevels(x: Float32Array): Levels {
  // Storing into a clamped array is defined (ECMAScript, ToUint8Clamp) as exactly this rounding.
  const clamped = new Uint8ClampedArray(x.length);
  for (let i = 0; i < x.length; i++) clamped[i] = 255 * (x[i] ?? 0);
  return new Uint8Array(clamped.buffer);
}

/** The levels as samples in [0, 1], what decoding a file of them gives. */
export function fromLevels(levels: Levels): Float32Array {
  const x = new Float32Array(levels.length);
  for (let i = 0; i < x.length; i++) x[i] = (levels[i] ?? 0) / 255;
  return x;
}

/**
 * A picture rounded to levels, halves to even, then clipped to the integer ball: |δ| ≤ ⌊255ε⌋ for L∞, Σδ² ≤ (255ε)² for L2.
 *
 * @param ball null for attacks without a bound
 */
export function onLattice(x: Float32Array, original: Levels, ball: Ball | null): Levels {
  const levels = toLevels(x);
  if (ball?.norm === 'linf') {
    const reach = levelsIn(ball.epsilon);
    for (let i = 0; i < levels.length; i++) {
      const centre = original[i] ?? 0;
      const d = (levels[i] ?? 0) - centre;
      if (d > reach) levels[i] = centre + reach;
      else if (d < -reach) levels[i] = centre - reach;
    }
  } else if (ball !== null) shrinkInto(levels, x, original, ball.epsilon);
  return levels;
}

/** Takes back what rounding added, the largest additions first, until the L2 bound holds again. */
function shrinkInto(levels: Levels, x: Float32Array, original: Levels, epsilon: number): void {
  const most = (255 * epsilon) ** 2 + 1e-6;
  let sum = squares(levels, original);
  if (sum <= most) return;
  const excess = (i: number): number =>
    Math.abs((levels[i] ?? 0) - (original[i] ?? 0)) - Math.abs(255 * (x[i] ?? 0) - (original[i] ?? 0));
  while (sum > most) {
    const changed: [index: number, excess: number][] = [];
    for (let i = 0; i < levels.length; i++) if (levels[i] !== original[i]) changed.push([i, excess(i)]);
    changed.sort(([i, a], [j, b]) => b - a || i - j);
    for (const [i] of changed) {
      if (sum <= most) break;
      const d = (levels[i] ?? 0) - (original[i] ?? 0);
      levels[i] = (levels[i] ?? 0) - Math.sign(d);
      sum -= 2 * Math.abs(d) - 1;
    }
  }
}

/** Σδ², in squared grey levels. */
export function squares(a: Levels, b: Levels): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return sum;
}

/** How much two pictures differ, in grey levels from 0 to 255. */
export interface Norms {
  /** Pixels of which any channel differs. */
  readonly l0: number;
  /** √Σδ² over all samples. */
  readonly l2: number;
  /** The largest |δ|. */
  readonly linf: number;
}

export function normsOf(a: Levels, b: Levels): Norms {
  const plane = a.length / 3;
  let l0 = 0;
  let linf = 0;
  for (let i = 0; i < plane; i++) {
    let most = 0;
    for (let j = i; j < a.length; j += plane) most = Math.max(most, Math.abs((a[j] ?? 0) - (b[j] ?? 0)));
    if (most > 0) l0++;
    linf = Math.max(linf, most);
  }
  return { l0, l2: Math.sqrt(squares(a, b)), linf };
}
