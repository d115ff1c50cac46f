/** Means and intervals over photos, and what is better in them. */
import { expect, it } from 'vitest';
import type { Measures } from '../../../../shared/methods/explain.ts';
import { normal, random } from '../../ascent/random.ts';
import { averageOf, spreadOf, surelyBetter } from './averages.ts';

const measures = (value: number, fidelity: number | null = value): Measures => ({
  deletion: { logit: -value, probability: null },
  insertion: { logit: value, probability: 0.5 },
  road: { logit: value, probability: 0.5 },
  fidelity,
  sparseness: 0.4,
});

it('an interval holds the truth in about 95 of 100 samples', () => {
  let held = 0;
  for (let seed = 0; seed < 80; seed++) {
    const next = random(seed);
    const { interval } = spreadOf(
      Array.from({ length: 40 }, () => normal(next)),
      seed,
    );
    if (interval[0] <= 0 && interval[1] >= 0) held++;
  }
  expect(held).toBeGreaterThan(68);
  expect(held).toBeLessThan(80);
});

it('an interval is 1.96 standard errors wide on each side, and the same for the same seed', () => {
  const values = Array.from({ length: 400 }, (_, i) => Math.sin(i));
  const { mean, interval } = spreadOf(values, 1);
  const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 400 / 400);
  expect((interval[1] - interval[0]) / (2 * 1.96 * error)).toBeCloseTo(1, 1);
  expect(spreadOf(values, 1)).toEqual({ mean, interval });
});

it('what no photo has a number for has no mean, and what some have counts those', () => {
  const { deletion, insertion, fidelity } = averageOf([measures(1, null), measures(2, 3)], 0);
  expect(deletion.probability).toBeNull();
  expect(insertion.probability?.mean).toBe(0.5);
  expect(fidelity?.mean).toBe(3);
});

it('better is what the whole interval of the differences says', () => {
  const dummies = Array.from({ length: 20 }, (_, i) => measures(i));
  const above = Array.from({ length: 20 }, (_, i) => measures(i + 0.1 + 0.01 * (i % 3)));
  const around = Array.from({ length: 20 }, (_, i) => measures(i + (i % 2 === 0 ? 5 : -4.9)));
  expect(surelyBetter(above, dummies, 0)).toBe(4);
  expect(surelyBetter(around, dummies, 0)).toBe(0);
  expect(surelyBetter(dummies, dummies, 0)).toBe(0);
});
