/** A11, A12: what a patch does not cover stays as it is, the plain placement is exact, and gradients come back by the adjoint. */
import { describe, expect, it } from 'vitest';
import { random } from '../../ascent/random.ts';
import { parseTransforms } from '../eot/distribution.ts';
import { LinearClassifier } from '../testing/linear.ts';
import { Pasted, type PatchShape } from './pasted.ts';
import { SPREAD, boxOf, drawPlacement, onPicture, type Placement } from './placement.ts';
import { patchObjective, train } from './train.ts';

const CANVAS = { width: 40, height: 30 };
const [WIDTH, HEIGHT] = [9, 7];

function numbers(length: number, seed: number): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length }, () => next());
}

const picture = numbers(3 * CANVAS.width * CANVAS.height, 1);
const patch = numbers(3 * WIDTH * HEIGHT, 2);
const full: PatchShape = { width: WIDTH, height: HEIGHT, alpha: new Float32Array(WIDTH * HEIGHT).fill(1) };
/** With a hole, and an edge that is half there. */
const holed: PatchShape = {
  ...full,
  alpha: Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i % 4 === 0 ? 0 : i < WIDTH ? 0.5 : 1)),
};
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0);

const PLACEMENTS: Readonly<Record<string, Placement>> = {
  turned: { x: 20.3, y: 14.8, factor: 1.7, angle: 19 },
  'smaller than it is': { x: 11.2, y: 9.9, factor: 0.6, angle: -12 },
  'beyond the edge': { x: 1.5, y: 28.4, factor: 2.2, angle: 5 },
};

describe('a patch on a picture', () => {
  it('at its own size and upright is there bit by bit, and so is the picture around it', () => {
    const out = new Pasted(full, { x: 10 + 4, y: 5 + 3, factor: 1, angle: 0 }, CANVAS).over(patch, picture);
    const plane = CANVAS.width * CANVAS.height;
    for (let i = 0; i < out.length; i++) {
      const [c, x, y] = [
        Math.floor(i / plane),
        (i % CANVAS.width) - 10,
        Math.floor((i % plane) / CANVAS.width) - 5,
      ];
      const inside = x >= 0 && x < WIDTH && y >= 0 && y < HEIGHT;
      expect(out[i]).toBe(inside ? patch[(c * HEIGHT + y) * WIDTH + x] : picture[i]);
    }
  });

  it.each(Object.keys(PLACEMENTS))('%s changes nothing that it does not cover', (name) => {
    const placement = PLACEMENTS[name] ?? { x: 0, y: 0, factor: 1, angle: 0 };
    const pasted = new Pasted(holed, placement, CANVAS);
    const out = pasted.over(patch, picture);
    const none = pasted.over(new Float32Array(patch.length), new Float32Array(picture.length).fill(1));
    let kept = 0;
    out.forEach((value, i) => {
      // A black patch on white is white only where there is no patch at all.
      if (none[i] !== 1) return;
      kept++;
      expect(value).toBe(picture[i]);
    });
    expect(kept).toBeGreaterThan(picture.length / 2);
    expect(kept).toBeLessThan(picture.length);
    for (const value of out) expect(value >= 0 && value <= 1.000001).toBe(true);
  });

  it.each(Object.keys(PLACEMENTS))('%s has an exact adjoint', (name) => {
    const pasted = new Pasted(holed, PLACEMENTS[name] ?? { x: 0, y: 0, factor: 1, angle: 0 }, CANVAS);
    const zero = pasted.over(new Float32Array(patch.length), picture);
    const moved = pasted.over(patch, picture).map((value, i) => value - (zero[i] ?? 0));
    const gradient = numbers(picture.length, 3);
    expect(dot(moved, gradient)).toBeCloseTo(dot(patch, pasted.adjoint(gradient)), 3);
    expect(Math.abs(dot(moved, gradient))).toBeGreaterThan(1);
  });
});

describe('a placement', () => {
  it('lies wholly inside, turned and sized within its ranges, and anywhere', () => {
    const shape = { width: 20, height: 12 };
    const drawn = Array.from({ length: 400 }, (_, i) =>
      drawPlacement(shape, { width: 140, height: 100 }, 0.3, random(7, i)),
    );
    for (const placement of drawn) {
      expect(Math.abs(placement.angle)).toBeLessThanOrEqual(22.5);
      expect(placement.factor * 20).toBeGreaterThan(30 / SPREAD - 1e-9);
      expect(placement.factor * 20).toBeLessThan(30 * SPREAD + 1e-9);
      const half = (placement.factor * Math.hypot(20, 12)) / 2;
      expect(placement.x + half).toBeGreaterThan(0);
      const { left, top, right, bottom } = boxOf(placement, shape, { width: 300, height: 300 });
      expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(143);
      expect(bottom).toBeLessThanOrEqual(103);
    }
    for (const [key, most] of [
      ['x', 115],
      ['y', 75],
    ] as const) {
      const places = drawn.map((placement) => placement[key]);
      expect(Math.min(...places)).toBeLessThan(25);
      expect(Math.max(...places)).toBeGreaterThan(most);
    }
  });

  it('that would not fit is made as small as it must be', () => {
    const { factor, angle, x } = drawPlacement(
      { width: 10, height: 10 },
      { width: 50, height: 50 },
      1,
      random(3),
    );
    const turned = (Math.abs(angle) * Math.PI) / 180;
    expect(factor * 10 * (Math.cos(turned) + Math.sin(turned))).toBeCloseTo(50, 6);
    expect(x).toBeCloseTo(24.5, 6);
  });

  it('is the same on the picture as on what is seen of it', () => {
    const placement = { x: 10, y: 4, factor: 0.5, angle: 7 };
    const window = { x: 30, y: 0, width: 200, height: 200 };
    expect(onPicture(placement, { width: 100, height: 100 }, window)).toEqual({
      x: 30 + 20.5,
      y: 8.5,
      factor: 1,
      angle: 7,
    });
  });
});

describe('training over placements', () => {
  const canvas = { width: 20, height: 12 };
  const samples = 3 * canvas.width * canvas.height;
  const weights = [numbers(samples, 11), numbers(samples, 12)].map((row) =>
    [...row].map((value) => value - 0.5),
  );
  const classifier = new LinearClassifier(weights, [2, 0]);
  const goal = { kind: 'targeted', label: 1 } as const;
  const scenes = [4, 5].map((seed) => ({ seen: numbers(samples, seed), goal }));
  const given = { ranges: parseTransforms('brightness'), samples: 4, seed: 1 };
  const shape: PatchShape = { width: 8, height: 8, alpha: new Float32Array(64).fill(1) };
  const grey = new Float32Array(3 * 64).fill(0.5);
  const trained = async () => {
    const steps = train(patchObjective(scenes, shape, canvas, 0.5, classifier, given), grey, {
      steps: 60,
      stepSize: 0.05,
    });
    const losses: number[] = [];
    for (;;) {
      const next = await steps.next();
      if (next.done === true) return { losses, ...next.value };
      losses.push(next.value.loss);
    }
  };

  it('brings the goal nearer over draws that it has not seen, in gamut, the same for the same seed', async () => {
    const { patch: found, flat } = await trained();
    expect(flat).toBe(0);
    for (const value of found) expect(value >= 0 && value <= 1).toBe(true);
    const judge = patchObjective(scenes, shape, canvas, 0.5, classifier, { ...given, samples: 64, seed: 99 });
    const [before, after] = [await judge.evaluate(grey), await judge.evaluate(found)];
    expect(after.loss).toBeLessThan(before.loss - 0.2);
    expect((await trained()).patch).toEqual(found);
  });

  it('gives the gradient of what it measures', async () => {
    const ascent = await patchObjective(scenes, shape, canvas, 0.5, classifier, given).differentiate(grey);
    const change = numbers(grey.length, 8).map((value) => 0.02 * (value - 0.5));
    // The same draws belong to the first question of another objective.
    const at = (sign: number) =>
      patchObjective(scenes, shape, canvas, 0.5, classifier, given).evaluate(
        grey.map((value, i) => value + sign * (change[i] ?? 0)),
      );
    // Towards a target the loss falls along the gradient.
    const difference = ((await at(-1)).loss - (await at(1)).loss) / 2;
    expect(dot(ascent.gradient, change) / difference).toBeCloseTo(1, 2);
  });
});
