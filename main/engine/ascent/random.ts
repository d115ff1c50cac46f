/**
 * Seeded random numbers. A stream depends on the seed and on what it is for, never on what was drawn before: a job
 * resumed at step k draws what an uninterrupted one would have drawn there.
 */

/** Mixes two 32-bit integers into one (finaliser of MurmurHash3). */
function mix(a: number, b: number): number {
  let h = (a ^ Math.imul(b, 0x9e3779b1)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Uniform numbers in [0, 1). */
export type Random = () => number;

/** The stream of a seed and any further integers, such as a step's number (mulberry32). */
export function random(seed: number, ...path: readonly number[]): Random {
  let state = path.reduce(mix, mix(seed >>> 0, 0x2545f491));
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from `low` to `high`, both included. */
export const uniformInteger = (next: Random, low: number, high: number): number =>
  low + Math.floor(next() * (high - low + 1));

/** A number of the standard normal distribution (Box & Muller 1958). */
export const normal = (next: Random): number =>
  Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

/** One of several, each as likely. */
export function choose<T>(next: Random, values: readonly [T, ...T[]]): T {
  return values[uniformInteger(next, 0, values.length - 1)] ?? values[0];
}
