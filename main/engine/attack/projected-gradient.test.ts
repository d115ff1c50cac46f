import { describe, expect, it } from 'vitest';
import type { Norm } from '../../../shared/attacks/registry.ts';
import { random } from '../ascent/random.ts';
import { objectiveOf, ensembleOf } from './objective.ts';
import { distance2, length2, project, randomPoint, type Ball } from './ball.ts';
import { projectedGradient, type ProjectedGradientOptions } from './projected-gradient.ts';
import { LinearClassifier } from './testing/linear.ts';
import { outcome, type Found } from './steps.ts';

/** Two classes over six samples, class 0 ahead; the way to class 1 is w = rows[1] − rows[0]. */
const rows = [
  [1, -2, 0, 0, 3, -1],
  [-1, 1, 0, 2, -1, 1],
];
const w = Float32Array.from(rows[0] ?? [], (value, i) => (rows[1]?.[i] ?? 0) - value);
const classifier = new LinearClassifier(rows, [4, 0]);
const middle = Float32Array.from([0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
const away = { kind: 'untargeted', label: 0 } as const;

const options = (given: Partial<ProjectedGradientOptions>): ProjectedGradientOptions => ({
  norm: 'linf',
  epsilon: 0.1,
  stepSize: 0.1,
  steps: 1,
  restarts: 1,
  randomStart: false,
  decay: null,
  seed: 0,
  ...given,
});

const run = (given: Partial<ProjectedGradientOptions>, start = middle): Promise<Found> =>
  outcome(projectedGradient(objectiveOf(classifier, away), start, options(given)));

const marginAt = (x: Float32Array): number => x.reduce((sum, value, i) => sum + value * (w[i] ?? 0), -4);

describe('attacks within a ball', () => {
  it.each([
    ['fgsm', { steps: 1 }],
    ['bim', { steps: 8, stepSize: 0.03 }],
    ['pgd', { steps: 12, stepSize: 0.03, randomStart: true }],
    ['mi-fgsm', { steps: 8, stepSize: 0.03, decay: 1 }],
  ])('%s reaches the optimum of a linear model in L∞: the margin grows by ε‖w‖₁', async (_name, given) => {
    const { picture, margin } = await run(given);
    const l1 = w.reduce((sum, value) => sum + Math.abs(value), 0);
    expect(margin).toBeCloseTo(marginAt(middle) + 0.1 * l1, 4);
    picture.forEach((value, i) => {
      // What the network does not look at stays as it was, also after a random start.
      expect(value).toBeCloseTo(0.5 + 0.1 * Math.sign(w[i] ?? 0), 6);
    });
  });

  it.each([
    ['one step', { stepSize: 0.2, steps: 1 }],
    ['many from a random point', { stepSize: 0.05, steps: 30, randomStart: true }],
    ['with momentum', { stepSize: 0.05, steps: 12, decay: 1 }],
  ])('%s reaches it in L2: the margin grows by ε‖w‖₂', async (_name, given) => {
    const { picture, margin } = await run({ norm: 'l2', epsilon: 0.2, ...given });
    expect(margin).toBeCloseTo(marginAt(middle) + 0.2 * length2(w), 3);
    expect(distance2(picture, middle)).toBeLessThanOrEqual(0.2 + 1e-6);
  });

  it('goes towards a target as it goes away from the other class', async () => {
    const targeted = projectedGradient(
      objectiveOf(classifier, { kind: 'targeted', label: 1 }),
      middle,
      options({}),
    );
    expect((await outcome(targeted)).picture).toEqual((await run({})).picture);
  });

  it.each([{ epsilon: 0 }, { steps: 0 }, { stepSize: 0 }])(
    'leaves the picture as it is for %o',
    async (given) => {
      const before = middle.slice();
      const { picture } = await run({ steps: 5, ...given });
      expect(picture).toEqual(before);
      expect(middle).toEqual(before);
    },
  );

  it.each(['linf', 'l2'] as const)(
    'stays put, and says so, where the gradient is zero or no number (%s)',
    async (norm) => {
      for (const weight of [0, NaN]) {
        const flat = new LinearClassifier(
          [rows[0]?.map(() => 0) ?? [], rows[0]?.map(() => weight) ?? []],
          [1, 0],
        );
        const { picture, flat: count } = await outcome(
          projectedGradient(objectiveOf(flat, away), middle, options({ norm, steps: 3 })),
        );
        expect(picture).toEqual(middle);
        expect(count).toBe(3);
      }
    },
  );

  it('never leaves [0, 1]', async () => {
    const edge = Float32Array.from([0, 1, 0, 1, 0, 1]);
    for (const norm of ['linf', 'l2'] as const) {
      const { picture } = await run({ norm, epsilon: 0.5, steps: 6, randomStart: true }, edge);
      expect(picture.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  });

  it('gives the same picture for the same seed, and another for another', async () => {
    const given = { steps: 1, stepSize: 0.001, randomStart: true };
    expect((await run({ ...given, seed: 7 })).picture).toEqual((await run({ ...given, seed: 7 })).picture);
    expect((await run({ ...given, seed: 8 })).picture).not.toEqual(
      (await run({ ...given, seed: 7 })).picture,
    );
  });

  it('keeps the best picture, not the last', async () => {
    // At 0.7 the target leads; from there the step goes back to where it began.
    const narrow = new LinearClassifier([[0], [1], [2]], [0.45, -0.1, -0.9]);
    const objective = objectiveOf(narrow, { kind: 'targeted', label: 1 });
    const found = await outcome(
      projectedGradient(objective, Float32Array.of(0.5), options({ steps: 2, stepSize: 0.2, epsilon: 0.5 })),
    );
    expect(found.picture[0]).toBeCloseTo(0.7, 6);
    expect(found.margin).toBeCloseTo(0.1, 6);
  });

  it('stops beginning anew once it succeeds', async () => {
    const count = async (epsilon: number): Promise<number> => {
      const counted = new LinearClassifier(rows, [4, 0]);
      await outcome(
        projectedGradient(
          objectiveOf(counted, away),
          middle,
          options({ steps: 2, epsilon, stepSize: epsilon, restarts: 3, randomStart: true }),
        ),
      );
      return counted.calls;
    };
    // Two steps and a last look, once or three times.
    expect(await count(0.9)).toBe(3);
    expect(await count(0.001)).toBe(9);
  });
});

describe('several networks at once', () => {
  it('average their gradients and need the smallest margin', async () => {
    const other = new LinearClassifier(
      [
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, -4, 0, 0],
      ],
      [0.5, 0],
    );
    const both = ensembleOf([objectiveOf(classifier, away, 'margin'), objectiveOf(other, away, 'margin')]);
    const { gradient, margin } = await both.differentiate(middle);
    expect(gradient[3]).toBeCloseTo((2 - 4) / 2, 6);
    expect(margin).toBeCloseTo(Math.min(marginAt(middle), -2.5), 6);
    expect((await both.evaluate(middle)).margin).toBeCloseTo(margin, 6);
  });
});

describe('the ball', () => {
  const balls: Ball[] = (['linf', 'l2'] as Norm[]).map((norm) => ({ norm, epsilon: 0.07 }));
  it.each(balls)('holds its random points and its projections ($norm)', (ball) => {
    const centre = Float32Array.from({ length: 300 }, (_, i) => (i % 11) / 10);
    const far = Float32Array.from(centre, (_, i) => Math.sin(i) + 0.5);
    project(far, centre, ball);
    for (const point of [far, randomPoint(centre, ball, random(3))]) {
      const distance =
        ball.norm === 'l2'
          ? distance2(point, centre)
          : Math.max(...point.map((value, i) => Math.abs(value - (centre[i] ?? 0))));
      expect(distance).toBeLessThanOrEqual(0.07 + 1e-6);
      expect(distance).toBeGreaterThan(0.01);
      expect(point.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  });

  it('is projected onto without moving what lies inside', () => {
    const inside = Float32Array.from([0.51, 0.49, 0.5]);
    const centre = Float32Array.from([0.5, 0.5, 0.5]);
    for (const norm of ['linf', 'l2'] as const) {
      const copy = inside.slice();
      project(copy, centre, { norm, epsilon: 0.1 });
      expect(copy).toEqual(inside);
    }
  });
});
