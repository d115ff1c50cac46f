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
  /** Takes back a level of one sample. */
  const takeBack = (i: number): void => {
    const d = (levels[i] ?? 0) - (original[i] ?? 0);
    levels[i] = (levels[i] ?? 0) - Math.sign(d);
    sum -= 2 * Math.abs(d) - 1;
  };
  while (sum > most) {
    // Sorting millions of samples takes half a minute, so only those are sorted at which the bound is met.
    const { changed, excess, starts } = byExcess(levels, x, original);
    for (let bucket = 0; bucket < BUCKETS && sum > most; bucket++) {
      const part = changed.subarray(starts[bucket], starts[bucket + 1]);
      let gain = 0;
      for (const i of part) gain += 2 * Math.abs((levels[i] ?? 0) - (original[i] ?? 0)) - 1;
      if (sum - gain > most) for (const i of part) takeBack(i);
      else
        for (const i of part.sort((i, j) => excess(j) - excess(i) || i - j)) {
          if (sum <= most) break;
          takeBack(i);
        }
    }
  }
}

const BUCKETS = 4096;

/**
 * The changed samples, in buckets of falling excess: by how much rounding moved them away from the original, in grey levels.
 * Within a bucket they are in the order of the picture.
 */
function byExcess(levels: Levels, x: Float32Array, original: Levels) {
  const excess = (i: number): number =>
    Math.abs((levels[i] ?? 0) - (original[i] ?? 0)) - Math.abs(255 * (x[i] ?? 0) - (original[i] ?? 0));
  const all = new Uint32Array(levels.length);
  let [count, least, most] = [0, Infinity, -Infinity];
  for (let i = 0; i < levels.length; i++) {
    if (levels[i] === original[i]) continue;
    all[count++] = i;
    const value = excess(i);
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const scale = most > least ? (BUCKETS - 1) / (most - least) : 0;
  const buckets = new Uint16Array(count);
  const starts = new Uint32Array(BUCKETS + 1);
  for (let k = 0; k < count; k++) {
    const bucket = Math.floor((most - excess(all[k] ?? 0)) * scale);
    buckets[k] = bucket;
    starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1;
  }
  for (let bucket = 0; bucket < BUCKETS; bucket++)
    starts[bucket + 1] = (starts[bucket + 1] ?? 0) + (starts[bucket] ?? 0);
  const changed = new Uint32Array(count);
  const next = starts.slice();
  for (let k = 0; k < count; k++) {
    const bucket = buckets[k] ?? 0;
    const at = next[bucket] ?? 0;
    changed[at] = all[k] ?? 0;
    next[bucket] = at + 1;
  }
  return { changed, excess, starts };
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
