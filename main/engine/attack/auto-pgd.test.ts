import { describe, expect, it } from 'vitest';
import { random } from '../ascent/random.ts';
import { autoPgd, checkpoints, type AutoPgdOptions } from './auto-pgd.ts';
import { distance2, length2 } from './ball.ts';
import { dlr, dlrObjective } from './dlr.ts';
import type { Goal } from './goal.ts';
import { objectiveOf, type Objective } from './objective.ts';
import { projectedGradient } from './projected-gradient.ts';
import { LinearClassifier } from './testing/linear.ts';
import { inTurn, outcome, type Found } from './steps.ts';

const rows = [
  [1, -2, 0, 0, 3, -1],
  [-1, 1, 0, 2, -1, 1],
];
const w = Float32Array.from(rows[0] ?? [], (value, i) => (rows[1]?.[i] ?? 0) - value);
const middle = new Float32Array(6).fill(0.5);
const away: Goal = { kind: 'untargeted', label: 0 };
const options = (given: Partial<AutoPgdOptions>): AutoPgdOptions => ({
  norm: 'linf',
  epsilon: 0.1,
  steps: 20,
  restarts: 1,
  uphill: 1,
  seed: 0,
  ...given,
});
const marginAt = (x: Float32Array): number => x.reduce((sum, value, i) => sum + value * (w[i] ?? 0), -4);

describe('Auto-PGD', () => {
  const classifier = new LinearClassifier(rows, [4, 0]);

  it('looks at the published checkpoints', () => {
    expect([...checkpoints(100)]).toEqual([22, 41, 57, 70, 80, 87, 93, 99]);
    expect([...checkpoints(10)]).toEqual([3, 5, 6, 7, 8, 9, 10]);
  });

  it.each([
    ['linf', 0.1, w.reduce((sum, value) => sum + Math.abs(value), 0)],
    ['l2', 0.2, length2(w)],
  ] as const)('reaches the optimum of a linear model in %s', async (norm, epsilon, dual) => {
    for (const objective of [objectiveOf(classifier, away), dlrObjective(classifier, away)]) {
      const { picture, margin } = await outcome(
        autoPgd(objective, middle, options({ norm, epsilon, steps: 40 })),
      );
      expect(margin).toBeCloseTo(marginAt(middle) + epsilon * dual, 3);
      if (norm === 'l2') expect(distance2(picture, middle)).toBeLessThanOrEqual(0.2 + 1e-6);
      // What the network does not look at stays as it was, in spite of the random start.
      else expect(picture[2]).toBe(0.5);
    }
  });

  it('goes down towards a target', async () => {
    const target: Goal = { kind: 'targeted', label: 1 };
    for (const objective of [objectiveOf(classifier, target), dlrObjective(classifier, target)]) {
      const { margin } = await outcome(autoPgd(objective, middle, options({ uphill: -1, steps: 40 })));
      expect(margin).toBeCloseTo(marginAt(middle) + 0.1 * w.reduce((sum, v) => sum + Math.abs(v), 0), 3);
    }
  });

  it('costs a gradient a step and one last look, and begins anew only where it failed', async () => {
    const count = async (epsilon: number): Promise<number> => {
      const counted = new LinearClassifier(rows, [4, 0]);
      await outcome(autoPgd(objectiveOf(counted, away), middle, options({ steps: 7, epsilon, restarts: 3 })));
      return counted.calls;
    };
    expect(await count(0.9)).toBe(8);
    expect(await count(0.001)).toBe(24);
  });

  it('halves its step where it only goes to and fro, and comes to rest at a narrow top', async () => {
    // A ridge at 0.537: steps of 2ε leap over it for ever.
    const ridge: Objective = {
      evaluate: ([x = 0]) =>
        Promise.resolve({ loss: -Math.abs(x - 0.537), probability: 0, margin: -Math.abs(x - 0.537) }),
      async differentiate(picture) {
        return {
          ...(await this.evaluate(picture)),
          gradient: Float32Array.of(Math.sign(0.537 - (picture[0] ?? 0))),
        };
      },
    };
    const { margin } = await outcome(
      autoPgd(ridge, Float32Array.of(0.5), options({ epsilon: 0.2, steps: 100 })),
    );
    expect(margin).toBeGreaterThan(-0.003);
  });

  it('stays put, and says so, where there is no gradient', async () => {
    const none = new LinearClassifier([[0], [0], [0]], [1, 0, 0]);
    const { picture, flat } = await outcome(
      autoPgd(objectiveOf(none, away), Float32Array.of(0.5), options({ steps: 5 })),
    );
    expect(picture[0]).toBe(0.5);
    expect(flat).toBe(5);
  });
});

describe('the difference of logits ratio', () => {
  const scores = [2, 5, -1, 3.5, 0.25, 1];
  const goals: [Goal, number | null, number][] = [
    [{ kind: 'untargeted', label: 1 }, null, (3.5 - 5) / (5 - 2)],
    [{ kind: 'untargeted', label: 3 }, null, (5 - 3.5) / (5 - 2)],
    [{ kind: 'untargeted', label: 1 }, 4, (0.25 - 5) / (5 - 1.5)],
    [{ kind: 'targeted', label: 4 }, null, (0.25 - 5) / (5 - 1.5)],
    [{ kind: 'targeted', label: 1 }, null, (5 - 3.5) / (5 - 1.5)],
  ];

  it.each(goals)('of %o towards %s is %f, with its gradient', (goal, towards, value) => {
    const at = (z: readonly number[]) => dlr(z, goal, towards);
    expect(at(scores).value).toBeCloseTo(value, 9);
    scores.forEach((_, i) => {
      const moved = (by: number) => at(scores.map((z, k) => (k === i ? z + by : z))).value;
      expect(at(scores).weights[i]).toBeCloseTo((moved(1e-4) - moved(-1e-4)) / 2e-4, 5);
    });
    // Neither shifted nor scaled scores change it.
    expect(at(scores.map((z) => 7 * z - 3)).value).toBeCloseTo(value, 9);
  });

  it('is the margin of fewer than four classes', () => {
    const away = { kind: 'untargeted', label: 0 } as const;
    expect(dlr([3, 1, 0], away, 1).value).toBeCloseTo(-2, 9);
    expect(dlr([3, 1], away, null).value).toBeCloseTo(-2, 9);
    expect([...dlr([3, 1], away, null).weights]).toEqual([-1, 1]);
    expect(dlr([1, 1, 1, 1], away, null).value).toBe(0);
  });
});

describe('attempts in turn', () => {
  const attempt = (margin: number, met: number[]) =>
    async function* () {
      met.push(margin);
      await Promise.resolve();
      yield { step: 1, of: 2, picture: middle, loss: 0, probability: 0, margin };
      yield { step: 2, of: 2, picture: middle, loss: 0, probability: 0, margin };
      return { picture: middle, margin, flat: 1 } satisfies Found;
    };

  it('end with the first that succeeds, else give the best, and count steps and flat ones over all', async () => {
    const run = async (margins: number[]) => {
      const met: number[] = [];
      const steps: number[] = [];
      const turns = inTurn(margins.map((margin) => attempt(margin, met)));
      for (;;) {
        const next = await turns.next();
        if (next.done === true) return { met, steps, ...next.value };
        steps.push(next.value.step);
        expect(next.value.of).toBe(2 * margins.length);
      }
    };
    expect(await run([-3, 2, -1])).toMatchObject({ met: [-3, 2], margin: 2, flat: 2, steps: [1, 2, 3, 4] });
    expect(await run([-3, -1, -2])).toMatchObject({ met: [-3, -1, -2], margin: -1, flat: 3 });
  });
});

it('is no worse than PGD with as many gradients on a network that is not linear', async () => {
  const fooled = { pgd: 0, apgd: 0 };
  const reached = { pgd: 0, apgd: 0 };
  for (let seed = 0; seed < 24; seed++) {
    const next = random(seed, 1);
    // Random two-layer networks with sharp kinks, as a function of the picture.
    const hidden = Array.from({ length: 24 }, () => Array.from({ length: 12 }, () => 6 * (next() - 0.5)));
    const out = Array.from({ length: 5 }, () => Array.from({ length: 24 }, () => next() - 0.5));
    const network = new TwoLayers(hidden, out);
    const original = Float32Array.from({ length: 12 }, () => next());
    const scores = await network.scores(original);
    const goal: Goal = { kind: 'untargeted', label: scores.indexOf(Math.max(...scores)) };
    const objective = objectiveOf(network, goal);
    const epsilon = 0.08;
    const given = { norm: 'linf', epsilon, steps: 30, restarts: 1, seed } as const;
    const pgd = await outcome(
      projectedGradient(objective, original, {
        ...given,
        stepSize: epsilon / 4,
        randomStart: true,
        decay: null,
      }),
    );
    const apgd = await outcome(autoPgd(objective, original, { ...given, uphill: 1 }));
    if (pgd.margin > 0) fooled.pgd++;
    if (apgd.margin > 0) fooled.apgd++;
    reached.pgd += pgd.margin;
    reached.apgd += apgd.margin;
  }
  expect(fooled.pgd).toBeGreaterThan(0);
  expect(fooled.pgd).toBeLessThan(24);
  expect(fooled.apgd).toBeGreaterThanOrEqual(fooled.pgd);
  expect(reached.apgd).toBeGreaterThan(reached.pgd - 0.01);
});

/** Scores out·relu(hidden·(x − ½)), differentiated by hand. */
class TwoLayers extends LinearClassifier {
  readonly #hidden: readonly (readonly number[])[];

  constructor(hidden: readonly (readonly number[])[], out: readonly (readonly number[])[]) {
    super(out);
    this.#hidden = hidden;
  }

  #units(picture: Float32Array): Float32Array {
    const units = this.#hidden.map((row) =>
      Math.max(
        row.reduce((sum, weight, i) => sum + weight * ((picture[i] ?? 0) - 0.5), 0),
        0,
      ),
    );
    return Float32Array.from(units);
  }

  override scores(picture: Float32Array): Promise<Float32Array> {
    return super.scores(picture.length === this.#hidden.length ? picture : this.#units(picture));
  }

  override async differentiate(
    picture: Float32Array,
    loss: Parameters<LinearClassifier['differentiate']>[1],
  ) {
    const units = this.#units(picture);
    const { scores, gradient } = await super.differentiate(units, loss);
    const back = picture.map((_, i) =>
      this.#hidden.reduce(
        (sum, row, k) => sum + ((units[k] ?? 0) > 0 ? (gradient[k] ?? 0) * (row[i] ?? 0) : 0),
        0,
      ),
    );
    return { scores, gradient: back };
  }
}
