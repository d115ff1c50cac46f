/** Integrated gradients, SmoothGrad and occlusion of functions whose answers are known. */
import { describe, expect, it } from 'vitest';
import { createPixels, type Pixels } from '../imaging/pixels.ts';
import type { Differentiable } from './differentiable.ts';
import { integratedGradients, integratedGradientsPasses } from './integrated-gradients.ts';
import { occlusion, occlusionPasses } from './occlusion.ts';
import { smoothGrad, smoothGradPasses } from './smoothgrad.ts';
import { at, finish, known } from './testing/known.ts';

const linear = known(
  (x) => 3 * at(x, 0) - 2 * at(x, 1) + 1,
  () => [3, -2],
);
const relu = (v: number): number => Math.max(v, 0);
const step = (v: number): number => (v > 0 ? 1 : 0);

describe('integrated gradients', () => {
  /** The published values of captum's and PAIR's tests. */
  const published: [string, Differentiable, number[], number[], number[], number][] = [
    [
      '5x + y² + sin z',
      known(
        (x) => 5 * at(x, 0) + at(x, 1) ** 2 + Math.sin(at(x, 2)),
        (x) => [5, 2 * at(x, 1), Math.cos(at(x, 2))],
      ),
      [0.5, 1, 1],
      [1, 2, 3],
      [2.5, 3, -0.70035],
      20,
    ],
    [
      'relu(relu(x) − 1 − relu(y))',
      known(
        (x) => relu(relu(at(x, 0)) - 1 - relu(at(x, 1))),
        (x) => {
          const open = step(relu(at(x, 0)) - 1 - relu(at(x, 1)));
          return [open * step(at(x, 0)), -open * step(at(x, 1))];
        },
      ),
      [0, 0],
      [3, 1],
      [1.5, -0.5],
      500,
    ],
  ];

  it.each(published)('of %s have their published values', async (_, f, from, to, expected, nodes) => {
    const { found } = await finish(
      integratedGradients(f, Float32Array.from(to), Float32Array.from(from), nodes),
    );
    expected.forEach((value, i) => expect(found.map[i]).toBeCloseTo(value, 2));
    expect(Math.abs(found.sum - found.difference)).toBeLessThan(0.01 * Math.abs(found.difference));
  });

  it('complete to many digits on a smooth path', async () => {
    const [, f, from, to] = published[0] ?? [];
    if (f === undefined) throw new Error('no case');
    const path = [Float32Array.from(to ?? []), Float32Array.from(from ?? [])] as const;
    const { found } = await finish(integratedGradients(f, ...path, 20));
    expect(found.map[2]).toBeCloseTo(Math.sin(3) - Math.sin(1), 6);
    expect(found.sum).toBeCloseTo(found.difference, 6);
  });

  it.each([1, 2, 7, 50])('are exact for a linear function with %i nodes', async (nodes) => {
    const { found, passes } = await finish(
      integratedGradients(linear, Float32Array.of(2, 5), Float32Array.of(1, 1), nodes),
    );
    expect(found.map[0]).toBeCloseTo(3, 5);
    expect(found.map[1]).toBeCloseTo(-8, 5);
    expect(found.difference).toBe(-5);
    expect(passes).toBe(integratedGradientsPasses(nodes, linear.batch));
  });

  it('are zero where the picture is its own baseline', async () => {
    const x = Float32Array.of(0.3, -0.7);
    const { found } = await finish(integratedGradients(linear, x, x, 5));
    expect(found).toEqual({ map: Float32Array.of(0, -0), sum: 0, difference: 0 });
  });

  it('do not depend on the batch, even of one', async () => {
    const square = (batch: number) =>
      known(
        (x) => at(x, 0) ** 4,
        (x) => [4 * at(x, 0) ** 3],
        batch,
      );
    const maps = await Promise.all(
      [1, 2, 5, 64].map((batch) =>
        finish(integratedGradients(square(batch), Float32Array.of(2), Float32Array.of(1), 6)),
      ),
    );
    for (const { found } of maps) expect(found).toEqual(maps[0]?.found);
    expect(maps.map(({ passes }) => passes)).toEqual([8, 4, 2, 1]);
  });
});

describe('SmoothGrad', () => {
  const options = { samples: 25, noise: 0.15, squares: false, seed: 3 };
  const cubic = known(
    (x) => at(x, 0) ** 3 + at(x, 1),
    (x) => [3 * at(x, 0) ** 2, 1],
  );
  const x = Float32Array.of(0.5, 1, 0);

  it('without noise is the gradient', async () => {
    const { found, passes } = await finish(smoothGrad(cubic, x, { ...options, noise: 0 }));
    expect([...found]).toEqual([0.75, 1, 0]);
    expect(passes).toBe(smoothGradPasses(25, cubic.batch));
  });

  it('of a linear function is its gradient with any noise', async () => {
    const { found } = await finish(smoothGrad(linear, x, { ...options, noise: 2 }));
    expect([...found]).toEqual([3, -2, 0]);
  });

  it('gives the same again with the same seed, whatever the batch, and something else with another', async () => {
    const gradient = (p: ArrayLike<number>) => [3 * at(p, 0) ** 2, 1];
    const run = async (batch: number, seed: number) =>
      (
        await finish(
          smoothGrad(
            known((p) => at(p, 0), gradient, batch),
            x,
            { ...options, seed },
          ),
        )
      ).found;
    expect(await run(1, 3)).toEqual(await run(10, 3));
    expect(await run(1, 4)).not.toEqual(await run(1, 3));
  });

  it('has the expected mean, 3(x² + σ²), and an error that falls as 1/√n', async () => {
    const deviation = 0.15;
    const spread = async (samples: number): Promise<number> => {
      const errors: number[] = [];
      for (let seed = 0; seed < 60; seed++) {
        const { found } = await finish(smoothGrad(cubic, x, { ...options, samples, seed }));
        errors.push((found[0] ?? NaN) - 3 * (0.25 + deviation ** 2));
      }
      return Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length);
    };
    const [few, many] = [await spread(16), await spread(256)];
    // The deviation of 3(x + σn)² is σ·√(36x² + 18σ²).
    expect(few * Math.sqrt(16)).toBeCloseTo(deviation * Math.sqrt(36 * 0.25 + 18 * deviation ** 2), 0);
    expect(few / many).toBeGreaterThan(2.8);
    expect(few / many).toBeLessThan(5.7);
  });

  it('of squares averages squares', async () => {
    const { found } = await finish(smoothGrad(linear, x, { ...options, squares: true }));
    expect([...found]).toEqual([9, 4, 0]);
  });
});

describe('occlusion', () => {
  const scene = (width: number, height: number): Pixels => createPixels(width, height, 1);
  const sumOf = known(
    (x) => Array.from(x).reduce((a, b) => a + b, 0),
    (x) => Array.from(x, () => 1),
    7,
  );

  it.each([
    [6, 4, 2, 2],
    [7, 5, 3, 2],
    [5, 5, 2, 9],
    [4, 3, 8, 1],
  ])(
    'of a sum over %i×%i pixels is what a square of %i takes away, everywhere (stride %i)',
    async (width, height, size, stride) => {
      const picture = scene(width, height);
      const options = { size, stride, fill: 0.5 };
      const { found, passes } = await finish(occlusion(sumOf, picture, options));
      const area = Math.min(size, width) * Math.min(size, height);
      expect([...found.data]).toEqual(new Array<number>(width * height).fill(1.5 * area));
      expect(passes).toBe(occlusionPasses(picture, options, 7));
    },
  );

  it('finds the pixel that matters, and leaves the picture as it was', async () => {
    const picture = scene(4, 4);
    const f = known(
      (x) => at(x, 5) * 8,
      (x) => Array.from(x, () => 0),
      3,
    );
    const { found } = await finish(occlusion(f, picture, { size: 1, stride: 1, fill: 0 }));
    expect([...found.data]).toEqual(Array.from({ length: 16 }, (_, i) => (i === 5 ? 8 : 0)));
    expect(picture).toEqual(scene(4, 4));
  });
});
