import { describe, expect, it } from 'vitest';
import { random } from '../ascent/random.ts';
import { objectiveOf } from './objective.ts';
import { fromLevels, levelsIn, normsOf, onLattice, squares, toLevels } from './lattice.ts';
import { amplify } from './perturbation-view.ts';
import { SAFE_MARGIN, repair } from './repair.ts';
import { LinearClassifier } from './testing/linear.ts';

/** Every level, in each of the three planes. */
const every = Uint8Array.from({ length: 768 }, (_, i) => i % 256);

describe('the lattice of grey levels', () => {
  it('keeps every level', () => {
    expect(toLevels(fromLevels(every))).toEqual(every);
  });

  it('rounds halves to even and clamps', () => {
    expect([...toLevels(Float32Array.from([-1, 0.5, 2, NaN]))]).toEqual([0, 128, 255, 0]);
  });

  it.each([0, 1 / 255, 2 / 255, 8 / 255, 16 / 255, 0.03, 0.5, 1])(
    'never leaves the L∞ ball of %f',
    (epsilon) => {
      const next = random(1);
      for (const sign of [-1, 1, 0]) {
        const x = fromLevels(every).map((value) => value + (sign === 0 ? 2 * next() - 1 : sign) * epsilon);
        const levels = onLattice(x, every, { norm: 'linf', epsilon });
        const { linf } = normsOf(levels, every);
        expect(linf).toBeLessThanOrEqual(levelsIn(epsilon));
        if (sign !== 0) expect(linf).toBe(Math.min(levelsIn(epsilon), 255));
      }
    },
  );

  it('counts whole levels of a fraction of 255 despite rounding', () => {
    for (let n = 0; n <= 255; n++) expect(levelsIn(n / 255)).toBe(n);
  });

  it.each([0.01, 0.05, 0.3])('never leaves the L2 ball of %f, and stays near its edge', (epsilon) => {
    const next = random(2);
    const original = Uint8Array.from({ length: 3000 }, () => Math.floor(256 * next()));
    const direction = Float32Array.from(original, () => next() - 0.5);
    const length = Math.hypot(...direction);
    const x = fromLevels(original).map((value, i) => value + (epsilon * (direction[i] ?? 0)) / length);
    const most = (255 * epsilon) ** 2;
    const sum = squares(onLattice(x, original, { norm: 'l2', epsilon }), original);
    expect(sum).toBeLessThanOrEqual(most + 1e-6);
    if (epsilon === 0.3) expect(sum).toBeGreaterThan(0.8 * most);
  });

  it.each([1, 0.98, 0.7])('takes back the largest additions first, at %f of the length', (share) => {
    const next = random(6);
    const original = Uint8Array.from({ length: 15_000 }, () => 60 + Math.floor(100 * next()));
    // Every other change is as large as another one, so that the order of equals counts, too.
    const x = fromLevels(original).map((value, i) => value + (i % 2 === 0 ? 0.006 : 0.02 * (next() - 0.5)));
    const epsilon = share * Math.hypot(...x.map((value, i) => value - (original[i] ?? 0) / 255));
    const most = (255 * epsilon) ** 2 + 1e-6;
    const levels = toLevels(x);
    const changeOf = (i: number): number => (levels[i] ?? 0) - (original[i] ?? 0);
    const excessOf = (i: number): number =>
      Math.abs(changeOf(i)) - Math.abs(255 * (x[i] ?? 0) - (original[i] ?? 0));
    while (squares(levels, original) > most) {
      const order = [...levels.keys()].filter((i) => changeOf(i) !== 0);
      order.sort((i, j) => excessOf(j) - excessOf(i) || i - j);
      let sum = squares(levels, original);
      for (const i of order) {
        if (sum <= most) break;
        sum -= 2 * Math.abs(changeOf(i)) - 1;
        levels[i] = (levels[i] ?? 0) - Math.sign(changeOf(i));
      }
    }
    expect(onLattice(x, original, { norm: 'l2', epsilon })).toEqual(levels);
  });

  it('measures L0 in pixels, L2 and L∞ in grey levels', () => {
    const a = Uint8Array.from([10, 20, 30, 10, 20, 30, 10, 20, 30]);
    const b = Uint8Array.from([13, 20, 30, 6, 20, 30, 10, 20, 31]);
    expect(normsOf(a, b)).toEqual({ l0: 2, l2: Math.sqrt(9 + 16 + 1), linf: 4 });
  });
});

describe('repairing on the lattice', () => {
  const rows = [
    new Array<number>(12).fill(0),
    Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? 1 : -1) * (i + 1)),
  ];
  const original = new Uint8Array(12).fill(100);
  const goal = { kind: 'untargeted', label: 0 } as const;
  /** Class 0 leads by `lead` at the original. */
  const ahead = (lead: number): LinearClassifier => {
    const sum = (rows[1] ?? []).reduce((total, value) => total + value, 0);
    return new LinearClassifier(rows, [lead + (100 / 255) * sum, 0]);
  };

  it('wins back what rounding lost, with the levels that gain most', async () => {
    const { levels, margin, rounds } = await repair(
      objectiveOf(ahead(0.05), goal, 'margin'),
      original,
      original,
      null,
    );
    expect(margin).toBeGreaterThanOrEqual(SAFE_MARGIN - 1e-6);
    expect(rounds).toBeGreaterThan(0);
    // The largest weights move; the smallest do not.
    expect(levels[11]).toBeLessThan(100);
    expect(levels[0]).toBe(100);
    expect(levels[1]).toBe(100);
  });

  it.each([{ norm: 'linf', epsilon: 2 / 255 } as const, { norm: 'l2', epsilon: 3 / 255 } as const])(
    'stays within the ball ($norm), even if that is not enough',
    async (ball) => {
      const { levels, margin } = await repair(
        objectiveOf(ahead(5), goal, 'margin'),
        original,
        original,
        ball,
      );
      expect(margin).toBeLessThan(0);
      const { linf, l2 } = normsOf(levels, original);
      expect(ball.norm === 'linf' ? linf : l2).toBeLessThanOrEqual(255 * ball.epsilon + 1e-6);
      expect(l2).toBeGreaterThan(0);
    },
  );

  it('leaves alone what is safe', async () => {
    const { levels, rounds } = await repair(objectiveOf(ahead(-1), goal, 'margin'), original, original, null);
    expect(rounds).toBe(0);
    expect(levels).toEqual(original);
  });
});

describe('the view of a perturbation', () => {
  it('is mid-grey without one, exact up to 12 levels, and counts what it clips', () => {
    const original = new Uint8Array(768).fill(100);
    const changed = every;
    const { levels, clipped } = amplify(original, changed);
    expect(levels[100]).toBe(128);
    expect(levels[112]).toBe(248);
    expect(levels[88]).toBe(8);
    expect(levels[113]).toBe(255);
    expect(clipped).toBe(3 * (256 - 25));
    expect(amplify(original, original)).toEqual({
      levels: new Uint8Array(768).fill(128),
      gain: 10,
      clipped: 0,
    });
  });
});
