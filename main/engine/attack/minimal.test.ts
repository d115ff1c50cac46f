import { describe, expect, it } from 'vitest';
import { objectiveOf } from './objective.ts';
import { distance2 } from './ball.ts';
import { carliniWagner } from './carlini-wagner.ts';
import { deepFool } from './deepfool.ts';
import { EpsilonSearch } from './minimal-epsilon.ts';
import { classifier, gap, linf, rows, start, w } from './testing/affine.ts';
import { LinearClassifier } from './testing/linear.ts';
import { outcome } from './steps.ts';

const away = { kind: 'untargeted', label: 0 } as const;
const l2 = Math.hypot(...w);
const l1 = w.reduce((sum, value) => sum + Math.abs(value), 0);

describe('DeepFool', () => {
  it('takes one step of |f|/‖w‖₂ and the overshoot on an affine model', async () => {
    const steps = deepFool(classifier, away, start, { norm: 'l2', steps: 50 });
    const first = await steps.next();
    expect(first.value).toMatchObject({ step: 1 });
    const { picture, margin } = await outcome(steps);
    expect(distance2(picture, start)).toBeCloseTo(1.02 * (gap / l2 + 1e-4), 6);
    expect(margin).toBeGreaterThan(0);
  });

  it('takes |f|/‖w‖₁ in L∞', async () => {
    const { picture, margin } = await outcome(deepFool(classifier, away, start, { norm: 'linf', steps: 50 }));
    expect(linf(picture)).toBeCloseTo(1.02 * (gap / l1 + 1e-4), 6);
    expect(margin).toBeGreaterThan(0);
  });

  it('goes to the nearest of several boundaries', async () => {
    // Class 1 is nearer in score, class 2 nearer in distance.
    const three = new LinearClassifier(
      [
        [0, 0],
        [1, 0],
        [0, 10],
      ],
      [1, 0, -4.5],
    );
    const { picture } = await outcome(
      deepFool(three, away, Float32Array.of(0.5, 0.5), { norm: 'l2', steps: 50 }),
    );
    expect(picture[0]).toBe(0.5);
    expect(picture[1]).toBeCloseTo(0.5 + 1.02 * (0.05 + 1e-4), 5);
  });

  it('reaches a target', async () => {
    const goal = { kind: 'targeted', label: 1 } as const;
    const { picture, margin } = await outcome(deepFool(classifier, goal, start, { norm: 'l2', steps: 50 }));
    expect(margin).toBeGreaterThan(0);
    expect(distance2(picture, start)).toBeCloseTo(1.02 * (gap / l2 + 1e-4), 6);
  });

  it('changes nothing when the goal is reached already, or there is no way', async () => {
    const done = await outcome(
      deepFool(classifier, { kind: 'untargeted', label: 1 }, start, { norm: 'l2', steps: 50 }),
    );
    expect(done.picture).toEqual(start);
    const flat = new LinearClassifier(
      [
        [0, 0],
        [0, 0],
      ],
      [1, 0],
    );
    const stuck = await outcome(deepFool(flat, away, Float32Array.of(0.5, 0.5), { norm: 'l2', steps: 50 }));
    expect(stuck).toMatchObject({ margin: -1, flat: 1 });
    expect(stuck.picture).toEqual(Float32Array.of(0.5, 0.5));
  });
});

describe('Carlini and Wagner', () => {
  const attack = (confidence: number, at = classifier) =>
    outcome(
      carliniWagner(objectiveOf(at, away, 'margin'), start, { confidence, steps: 400, searchSteps: 9 }),
    );

  it.each([0, 0.2, 0.5])(
    'ends with the margin κ = %f on a linear model, at the least distance',
    async (confidence) => {
      const { margin, picture } = await attack(confidence);
      expect(margin).toBeGreaterThanOrEqual(confidence);
      expect(margin).toBeLessThan(confidence + 0.1);
      const least = (gap + confidence) / l2;
      expect(distance2(picture, start)).toBeGreaterThan(0.999 * least);
      expect(distance2(picture, start)).toBeLessThan(1.2 * least);
    },
  );

  it('gives the nearest picture of all that it met with the margin, and none larger', async () => {
    const steps = carliniWagner(objectiveOf(classifier, away, 'margin'), start, {
      confidence: 0.2,
      steps: 60,
      searchSteps: 6,
    });
    const met: number[] = [];
    for (;;) {
      const next = await steps.next();
      if (next.done === true) {
        expect(met.length).toBeGreaterThan(5);
        expect(distance2(next.value.picture, start)).toBe(Math.min(...met));
        return;
      }
      if (next.value.margin >= 0.2) met.push(distance2(next.value.picture, start));
    }
  });

  it('says that it found nothing, with the picture as it was', async () => {
    const hopeless = new LinearClassifier(rows, [100, 0]);
    const { margin, picture } = await attack(0, hopeless);
    expect(margin).toBeLessThan(0);
    expect(picture).toEqual(start);
  });

  it('moves samples that are exactly black or white', async () => {
    const edges = new LinearClassifier(
      [
        [0, 0],
        [4, -4],
      ],
      [-3.95, 0],
    );
    const { margin, picture } = await outcome(
      carliniWagner(objectiveOf(edges, away, 'margin'), Float32Array.of(0, 1), {
        confidence: 0,
        steps: 800,
        searchSteps: 5,
      }),
    );
    expect(margin).toBeGreaterThan(0);
    expect(picture[0]).toBeGreaterThan(0.001);
    expect(picture[1]).toBeLessThan(0.999);
  });
});

describe('the search for the smallest ε', () => {
  /** Every ε that is tried when all from `least` on succeed. */
  function search(norm: 'linf' | 'l2', limit: number, least: number) {
    const epsilon = new EpsilonSearch(norm, limit);
    const tried: number[] = [];
    for (let next = epsilon.next; next !== null; next = epsilon.next) {
      tried.push(next);
      epsilon.tell(next >= least);
    }
    return { found: epsilon.found, tried };
  }

  it.each([1, 2, 3, 5, 8, 13, 100, 255])('finds %i levels exactly in L∞', (levels) => {
    const { found, tried } = search('linf', 1, levels / 255 - 1e-9);
    expect(Math.round(255 * (found ?? 0))).toBe(levels);
    expect(tried.length).toBeLessThan(18);
  });

  it.each([0.01, 0.4, 3.3])('finds %f within two per cent in L2', (least) => {
    const { found } = search('l2', 100, least);
    expect(found).toBeGreaterThanOrEqual(least);
    expect(found).toBeLessThan(1.03 * least);
  });

  it('says when even the largest fails, and tries none beyond it', () => {
    const { found, tried } = search('linf', 8 / 255, 0.5);
    expect(found).toBeNull();
    expect(Math.max(...tried)).toBeCloseTo(8 / 255, 9);
  });

  it('tries nothing when nothing is allowed', () => {
    expect(search('linf', 0, 0.5)).toEqual({ found: null, tried: [] });
  });
});
