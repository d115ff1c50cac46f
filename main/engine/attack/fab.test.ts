import { describe, expect, it } from 'vitest';
import { random } from '../ascent/random.ts';
import { distance2, length2 } from './ball.ts';
import { toPlane } from './box-plane.ts';
import { fab } from './fab.ts';
import type { Goal } from './goal.ts';
import { classifier, gap, linf, rows, start, w } from './testing/affine.ts';
import { LinearClassifier } from './testing/linear.ts';
import { outcome } from './steps.ts';

const away: Goal = { kind: 'untargeted', label: 0 };

describe('the nearest point of a plane within [0, 1]', () => {
  const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0);
  const next = random(4);
  const x = Float32Array.from({ length: 200 }, () => next() ** 3);
  const normal = Float32Array.from({ length: 200 }, () => next() - 0.5);

  it.each([
    ['linf', 0.5],
    ['linf', -9],
    ['l2', 0.5],
    ['l2', -9],
  ] as const)('lies on it, in the range, and is no farther than any other (%s, %f)', (norm, way) => {
    const d = toPlane(x, normal, way, norm);
    expect(dot(normal, d)).toBeCloseTo(way, 4);
    d.forEach((step, i) => {
      expect((x[i] ?? 0) + step).toBeGreaterThanOrEqual(-1e-6);
      expect((x[i] ?? 0) + step).toBeLessThanOrEqual(1 + 1e-6);
    });
    // The condition of the optimum: a sample that could go on has gone as far as all that could (L∞), or in proportion to w (L2).
    const free = [...d.keys()].filter((i) => {
      const at = (x[i] ?? 0) + (d[i] ?? 0);
      return at > 1e-6 && at < 1 - 1e-6;
    });
    const rates = free.map((i) => Math.abs(d[i] ?? 0) / (norm === 'linf' ? 1 : Math.abs(normal[i] ?? 0)));
    expect(free.length).toBeGreaterThan(10);
    expect(Math.max(...rates) - Math.min(...rates)).toBeLessThan(1e-5);
    const most = Math.max(...rates);
    d.forEach((step, i) => {
      const rate = norm === 'linf' ? 1 : Math.abs(normal[i] ?? 0);
      expect(Math.abs(step)).toBeLessThanOrEqual(most * rate + 1e-6);
    });
  });

  it('comes as near as the range allows, and stays where there is no way', () => {
    const corner = toPlane(Float32Array.of(0.2, 0.6), Float32Array.of(1, -2), 50, 'l2');
    expect([...corner].map((v) => Math.round(1e6 * v) / 1e6)).toEqual([0.8, -0.6]);
    for (const way of [0, NaN]) expect([...toPlane(x, normal, way, 'linf')]).toEqual([...x].map(() => 0));
  });
});

describe('FAB', () => {
  it.each([
    ['l2', (x: Float32Array) => distance2(x, start), gap / Math.hypot(...w)],
    ['linf', linf, gap / w.reduce((sum, value) => sum + Math.abs(value), 0)],
  ] as const)(
    'finds the nearest point across the boundary of a linear model (%s)',
    async (norm, measure, least) => {
      for (const goal of [away, { kind: 'targeted', label: 1 } as const]) {
        const { picture, margin } = await outcome(fab(classifier, goal, [1], start, { norm, steps: 60 }));
        expect(margin).toBeGreaterThan(0);
        expect(measure(picture)).toBeGreaterThan(0.999 * least);
        expect(measure(picture)).toBeLessThan(1.06 * least);
      }
    },
  );

  it('takes the nearest of several boundaries, trying each', async () => {
    const three = new LinearClassifier(
      [
        [0, 0],
        [1, 0],
        [0, 10],
      ],
      [1, 0, -4.5],
    );
    const steps = fab(three, away, [1, 2], Float32Array.of(0.5, 0.5), { norm: 'l2', steps: 20 });
    const told: number[] = [];
    for (;;) {
      const next = await steps.next();
      if (next.done !== true) {
        told.push(next.value.step);
        expect(next.value.of).toBe(40);
        continue;
      }
      expect(told).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
      expect(length2(next.value.picture.map((v) => v - 0.5))).toBeLessThan(0.055);
      return;
    }
  });

  it('says that it found nothing, and stays where there is no gradient', async () => {
    const hopeless = new LinearClassifier(rows, [100, 0]);
    const failed = await outcome(fab(hopeless, away, [1], start, { norm: 'l2', steps: 5 }));
    expect(failed.margin).toBeLessThan(0);
    const none = new LinearClassifier([[0], [0]], [1, 0]);
    const stuck = await outcome(fab(none, away, [1], Float32Array.of(0.5), { norm: 'l2', steps: 5 }));
    expect(stuck).toEqual({ picture: Float32Array.of(0.5), margin: -1, flat: 1 });
  });
});
