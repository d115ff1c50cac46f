/** Two classes that an affine function tells apart, and a picture of the first near their boundary: the nearest other is on paper. */
import { largestChange } from '../ball.ts';
import { LinearClassifier } from './linear.ts';

export const rows = [
  [1, -2, 0.5, 0, 3, -1],
  [-1, 1, 0.5, 2, -1, 1],
];

/** What the second class gains on the first for each sample. */
export const w = (rows[0] ?? []).map((value, i) => (rows[1]?.[i] ?? 0) - value);
export const start = Float32Array.from([0.5, 0.4, 0.6, 0.5, 0.45, 0.55]);
/** By so much class 0 leads at {@link start}. */
export const gap = 0.3;
const lead = w.reduce((sum, value, i) => sum + value * (start[i] ?? 0), 0);
export const classifier = new LinearClassifier(rows, [lead + gap, 0]);

/** How far a picture is from {@link start} in L∞. */
export const linf = (x: Float32Array): number => largestChange(x, start);
