/** Deterministic noise for the painters: a hash of a lattice, smoothed, and sums of it over octaves. */

/** A number in [0, 1) for a lattice point. */
export function hash(x, y, z = 0) {
  let h = Math.imul(x | 0, 374761393) ^ Math.imul(y | 0, 668265263) ^ Math.imul(z | 0, 2147483647);
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  h = Math.imul(h ^ (h >>> 15), 2246822519);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

const fade = (t) => t * t * t * (t * (t * 6 - 15) + 10);
export const mix = (a, b, t) => a + (b - a) * t;
export const clamp = (x, low = 0, high = 1) => Math.min(Math.max(x, low), high);
export const smoothstep = (a, b, x) => {
  const t = clamp((x - a) / (b - a));
  return t * t * (3 - 2 * t);
};
export const mix3 = (a, b, t) => [mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)];
export const scale3 = (a, s) => [a[0] * s, a[1] * s, a[2] * s];
export const add3 = (a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const normalise = (a) => scale3(a, 1 / Math.hypot(...a));

/** Value noise in [0, 1]. */
export function noise(x, y, z = 0) {
  const i = Math.floor(x);
  const j = Math.floor(y);
  const k = Math.floor(z);
  const u = fade(x - i);
  const v = fade(y - j);
  const plane = (n) =>
    mix(mix(hash(i, j, n), hash(i + 1, j, n), u), mix(hash(i, j + 1, n), hash(i + 1, j + 1, n), u), v);
  return z === k ? plane(k) : mix(plane(k), plane(k + 1), fade(z - k));
}

/** Octaves of noise, in [0, 1]; each is turned, so that no lattice shows. */
export function fbm(x, y, octaves, z = 0) {
  let sum = 0;
  let weight = 0.5;
  let total = 0;
  for (let octave = 0; octave < octaves; octave++) {
    sum += weight * noise(x, y, z);
    total += weight;
    weight *= 0.5;
    [x, y, z] = [1.6 * x + 1.2 * y + 17.3, 1.6 * y - 1.2 * x + 5.1, z * 2.02 + (z === 0 ? 0 : 3.7)];
  }
  return sum / total;
}

/** Octaves of noise folded into ridges, in [0, 1]. */
export function ridges(x, y, octaves) {
  let sum = 0;
  let weight = 0.5;
  let above = 1;
  for (let octave = 0; octave < octaves; octave++) {
    const fold = 1 - Math.abs(2 * noise(x, y) - 1);
    sum += weight * fold * fold * above;
    above = clamp(fold * 1.6);
    weight *= 0.5;
    [x, y] = [1.6 * x + 1.2 * y + 31.7, 1.6 * y - 1.2 * x + 11.9];
  }
  return sum;
}

/** A stream of random numbers in [0, 1), for strokes. */
export function randoms(seed) {
  let index = 0;
  return () => hash(index++, seed, 77);
}
