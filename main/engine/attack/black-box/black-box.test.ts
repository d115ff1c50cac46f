/** A13: black boxes are asked as often as they count, give no gradient, and are fooled within the ball and the budget. */
import { describe, expect, it } from 'vitest';
import { attacks as table } from '../../../../shared/attacks/registry.ts';
import { random } from '../../ascent/random.ts';
import { fromLevels, normsOf } from '../lattice.ts';
import { LinearClassifier } from '../testing/linear.ts';
import { outcome } from '../steps.ts';
import type { BlackBoxOptions } from './budget.ts';
import { QUERIES_PER_STEP, estimateGradient, nes } from './nes.ts';
import { rays } from './rays.ts';
import { BlackBox } from './black-box.ts';
import { shareAt, square } from './square.ts';

const SIDE = 8;
const SAMPLES = 3 * SIDE * SIDE;
const weights = Array.from({ length: SAMPLES }, (_, i) => Math.sin(i * 1.7) + 0.3);
const attacks = { square, nes };

/** Two classes; the first leads by `lead` on a grey picture. */
class NoGradients extends LinearClassifier {
  override differentiate(): never {
    throw new Error('A black box was asked for a gradient.');
  }
}
const grey = new Uint8Array(SAMPLES).fill(128);
const networkWith = (lead: number): NoGradients => {
  const sum = weights.reduce((a, b) => a + b, 0) * (128 / 255);
  return new NoGradients([weights.map(() => 0), weights], [lead, -sum]);
};

const options: BlackBoxOptions = {
  goal: { kind: 'untargeted', label: 0 },
  width: SIDE,
  window: { x: 1, y: 1, width: SIDE - 2, height: SIDE - 2 },
  reach: 12,
  queries: 2000,
  seed: 3,
};

describe('a black box', () => {
  it('answers logarithms of probabilities, or a label, and counts', async () => {
    const blackBox = new BlackBox(new LinearClassifier([[1], [2], [3]], [500, 500, 500]));
    const answer = await blackBox.classify(Float32Array.of(1));
    expect(answer.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 5);
    expect(await blackBox.label(Float32Array.of(1))).toBe(2);
    expect(blackBox.queries).toBe(2);
    expect(Object.keys(blackBox)).toEqual([]);
  });
});

describe.each(['square', 'nes'] as const)('%s', (name) => {
  const attack = attacks[name];

  it('fools a linear model inside the ball, the window and the budget, and counts every call', async () => {
    const classifier = networkWith(1);
    const blackBox = new BlackBox(classifier);
    const { picture, margin } = await outcome(attack(blackBox, grey, options));
    expect(margin).toBeGreaterThan(0);
    expect(blackBox.queries).toBe(classifier.calls);
    expect(blackBox.queries).toBeLessThan(options.queries);
    const levels = Uint8Array.from(picture, (value) => Math.round(255 * value));
    expect(fromLevels(levels)).toEqual(picture);
    expect(normsOf(levels, grey).linf).toBeLessThanOrEqual(12);
    for (let i = 0; i < SAMPLES; i++) {
      const [x, y] = [i % SIDE, Math.floor(i / SIDE) % SIDE];
      if (x === 0 || y === 0 || x === SIDE - 1 || y === SIDE - 1) expect(levels[i]).toBe(128);
    }
  });

  it('never asks more than the budget allows, and says when it failed', async () => {
    const classifier = networkWith(1e6);
    const { margin } = await outcome(attack(new BlackBox(classifier), grey, { ...options, queries: 160 }));
    expect(margin).toBeLessThan(0);
    expect(classifier.calls).toBeLessThanOrEqual(160);
    expect(classifier.calls).toBeGreaterThan(160 - QUERIES_PER_STEP);
  });

  it('changes nothing within ε = 0, and repeats itself with the same seed', async () => {
    const still = await outcome(attack(new BlackBox(networkWith(1)), grey, { ...options, reach: 0 }));
    expect(still.picture).toEqual(fromLevels(grey));
    const run = (seed: number) => outcome(attack(new BlackBox(networkWith(1)), grey, { ...options, seed }));
    expect(await run(5)).toEqual(await run(5));
    expect((await run(5)).picture).not.toEqual((await run(6)).picture);
  });
});

describe('square in L2', () => {
  const form = { norm: 'l2', epsilon: 0.4, share: 0.1 } as const;
  const inside = { ...options, reach: 102 };

  it('fools a linear model, and every picture that it tries is of whole levels inside the ball and the window', async () => {
    const tried: Float32Array[] = [];
    class Watched extends NoGradients {
      override scores(picture: Float32Array): Promise<Float32Array> {
        tried.push(picture.slice());
        return super.scores(picture);
      }
    }
    const sum = weights.reduce((a, b) => a + b, 0) * (128 / 255);
    const classifier = new Watched([weights.map(() => 0), weights], [2, -sum]);
    const blackBox = new BlackBox(classifier);
    const { margin } = await outcome(square(blackBox, grey, inside, form));
    expect(margin).toBeGreaterThan(0);
    expect(tried.length).toBeLessThan(2000);
    for (const [i, picture] of tried.entries()) {
      const levels = Uint8Array.from(picture, (value) => Math.round(255 * value));
      expect(fromLevels(levels).every((value, at) => value === picture[at])).toBe(true);
      const { l2 } = normsOf(levels, grey);
      expect(l2).toBeLessThanOrEqual(102);
      // But for the first, which is the original, they use nearly all of the bound.
      if (i > 0) expect(l2).toBeGreaterThan(85);
      const outside = levels.filter((_, at) => {
        const [x, y] = [at % SIDE, Math.floor(at / SIDE) % SIDE];
        return x === 0 || y === 0 || x === SIDE - 1 || y === SIDE - 1;
      });
      expect(outside.every((level) => level === 128)).toBe(true);
    }
  });

  it('keeps to its budget, repeats itself, and does with the smallest windows', async () => {
    const run = (seed: number, window = inside.window) =>
      outcome(square(new BlackBox(networkWith(1e6)), grey, { ...inside, seed, window, queries: 60 }, form));
    expect(await run(5)).toEqual(await run(5));
    expect((await run(5)).picture).not.toEqual((await run(6)).picture);
    for (const side of [1, 2, 4]) {
      const { picture } = await run(1, { x: 0, y: 0, width: side, height: side });
      const { l2 } = normsOf(
        Uint8Array.from(picture, (value) => Math.round(255 * value)),
        grey,
      );
      expect(l2).toBeLessThanOrEqual(102);
    }
  });
});

describe('rays', () => {
  const asked = async (network: NoGradients, given: Partial<BlackBoxOptions> = {}, start?: Float32Array) => {
    const blackBox = new BlackBox(network);
    const distances: number[] = [];
    const steps = rays(blackBox, grey, { ...options, ...given }, undefined, start ?? null);
    for (;;) {
      const next = await steps.next();
      if (next.done === true) return { ...next.value, queries: blackBox.queries, distances };
      distances.push(next.value.distance);
    }
  };

  it('fools a linear model inside the ball, the window and the budget, and counts every call', async () => {
    const classifier = networkWith(1);
    const { picture, reached, queries } = await asked(classifier);
    expect(reached).toBe(true);
    expect(queries).toBe(classifier.calls);
    expect(queries).toBeLessThan(options.queries);
    const levels = Uint8Array.from(picture, (value) => Math.round(255 * value));
    expect(fromLevels(levels)).toEqual(picture);
    expect(normsOf(levels, grey).linf).toBeLessThanOrEqual(12);
    expect(await classifier.scores(picture).then(([first = 0, second = 0]) => second > first)).toBe(true);
    for (let i = 0; i < SAMPLES; i++) {
      const [x, y] = [i % SIDE, Math.floor(i / SIDE) % SIDE];
      if (x === 0 || y === 0 || x === SIDE - 1 || y === SIDE - 1) expect(levels[i]).toBe(128);
    }
  });

  it('comes to the nearest point of a flat boundary, lead/‖w‖₁, and never farther away', async () => {
    const whole = { window: { x: 0, y: 0, width: SIDE, height: SIDE }, reach: 1, queries: 100_000 };
    const nearest = (255 * 2) / weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
    const { reached, distance, distances } = await asked(networkWith(2), whole);
    expect(reached).toBe(false);
    expect(distance).toBeGreaterThan(1);
    expect(distance).toBeGreaterThan(nearest - 0.01);
    expect(distance).toBeLessThan(nearest + 0.1);
    expect(distances).toEqual(distances.toSorted((a, b) => b - a));
  });

  it('asks less when it begins in a good direction', async () => {
    // The nearest point of the boundary is 4.1 levels away.
    const given = { window: { x: 0, y: 0, width: SIDE, height: SIDE }, reach: 5, queries: 100_000 };
    const helped = await asked(networkWith(2), given, Float32Array.from(weights));
    const alone = await asked(networkWith(2), given);
    expect([helped.reached, alone.reached]).toEqual([true, true]);
    expect(helped.queries).toBeLessThan(alone.queries / 2);
  });

  it('never asks more than the budget allows, nor for nothing, and repeats itself', async () => {
    const classifier = networkWith(1e6);
    const { reached, queries } = await asked(classifier, { queries: 160 });
    expect(reached).toBe(false);
    expect(queries).toBeLessThanOrEqual(160);
    expect((await asked(networkWith(1), { reach: 0 })).queries).toBe(0);
    expect(await asked(networkWith(1), { seed: 5 })).toEqual(await asked(networkWith(1), { seed: 5 }));
  });
});

describe('the estimate of evolution strategies', () => {
  it('comes nearer to the gradient of a linear function, the more samples there are', async () => {
    const x = fromLevels(grey);
    const tiles = Int32Array.from({ length: SAMPLES }, (_, i) => i);
    const value = (picture: Float32Array): Promise<number> =>
      Promise.resolve(picture.reduce((sum, p, i) => sum + p * (weights[i] ?? 0), 0));
    const cosines: number[] = [];
    for (const pairs of [10, 100, 1000, 6000]) {
      const given = { pairs, sigma: 0.1 };
      cosines.push(cosine(await estimateGradient(value, x, tiles, given, random(1)), weights));
    }
    expect(cosines).toEqual(cosines.toSorted((a, b) => a - b));
    // The expected cosine of n directions in d dimensions is about √(n / (n + d)).
    expect(cosines[0]).toBeLessThan(0.5);
    expect(cosines[3]).toBeGreaterThan(0.97);
  });
});

it('a step of evolution strategies costs as many queries as the table of attacks says', () => {
  expect(table.nes.queriesPerStep).toBe(QUERIES_PER_STEP);
});

describe('the squares', () => {
  it.each([
    [1, 0.05],
    [10, 0.05],
    [11, 0.025],
    [1500, 0.05 / 32],
    [9999, 0.05 / 512],
  ])('at query %d of 10,000 cover %f of the picture', (query, share) => {
    expect(shareAt(query, 10000)).toBeCloseTo(share, 12);
    expect(shareAt(query / 2, 5000)).toBeCloseTo(share, 12);
  });
});

function cosine(a: Float32Array, b: readonly number[]): number {
  const dot = (u: ArrayLike<number>, v: ArrayLike<number>): number =>
    Array.from(u, (value, i) => value * (v[i] ?? 0)).reduce((sum, value) => sum + value, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
