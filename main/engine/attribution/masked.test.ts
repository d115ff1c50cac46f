/** Score-CAM and RISE of functions whose answers are known. */
import { describe, expect, it } from 'vitest';
import { createPixels, type Pixels } from '../imaging/pixels.ts';
import { masked, rise, riseMask, risePasses, scoreCam, scoreCamPasses } from './masked.ts';
import { at, finish, known } from './testing/known.ts';

const BLACK = [0, 0, 0] as const;
const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
const scored = (f: (x: ArrayLike<number>) => number, batch = 4) => known(f, () => [], batch);

it('a mask shows a picture by parts, and the fill in the rest', () => {
  const picture = createPixels(2, 1, [1, 0.5, 0]);
  const found = masked(picture, Float32Array.of(0.25, 1), [0, 0.1, 0.6]);
  [0.25, 1, 0.2, 0.5, 0.45, 0].forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, 6);
  });
});

describe('Score-CAM', () => {
  const picture = createPixels(2, 2, 1);
  /** Channels that show the left half, the right half, everything alike, and the left half once more. */
  const layer = {
    ...{ channels: 4, width: 2, height: 2 },
    data: Float32Array.of(3, -1, 3, -1, 0, 2, 0, 2, 5, 5, 5, 5, 1, 0, 1, 0),
  };
  /** Counts the left pixels of the first colour. */
  const left = (x: ArrayLike<number>): number => at(x, 0) + at(x, 2);

  it.each([1, 2, 3, 4])(
    'weighs channels by the softmax of what is seen through them (batch %d)',
    async (batch) => {
      const { found, passes } = await finish(scoreCam(scored(left, batch), picture, layer, BLACK));
      const total = 2 * Math.exp(2) + 1;
      const [a, b] = [Math.exp(2) / total, 1 / total];
      const wanted = [4 * a, Math.max(0, -a + 2 * b), 4 * a, Math.max(0, -a + 2 * b)];
      wanted.forEach((value, i) => {
        expect(found.data[i]).toBeCloseTo(value, 5);
      });
      expect(passes).toBe(scoreCamPasses(4, batch));
    },
  );

  it('is all zero where every channel is flat', async () => {
    const flat = { ...layer, data: new Float32Array(16).fill(2) };
    const { found } = await finish(scoreCam(scored(left), picture, flat, BLACK));
    expect([...found.data]).toEqual([0, 0, 0, 0]);
  });
});

describe('RISE', () => {
  const options = { masks: 400, cells: 4, shown: 0.5, seed: 3 };
  const scene: Pixels = createPixels(20, 12, 1);

  it('has masks from 0 to 1 that show as much as is asked for, each of its own', () => {
    const masks = Array.from({ length: 300 }, (_, k) => riseMask(scene, { ...options, shown: 0.3 }, k));
    const means = masks.map((mask) => sum(mask) / mask.length);
    expect(sum(means) / means.length).toBeCloseTo(0.3, 1);
    for (const mask of masks) for (const value of mask) expect(value >= 0 && value <= 1).toBe(true);
    expect(new Set(means).size).toBeGreaterThan(250);
    // Every pixel is as likely to be seen, those at the borders, too.
    for (const i of [0, 19, 11 * 20, 12 * 20 - 1])
      expect(Math.abs(sum(masks.map((mask) => mask[i] ?? 0)) / 300 - 0.3)).toBeLessThan(0.09);
  });

  it('finds where the score comes from, and nothing where it is always the same', async () => {
    const spot = 5 * 20 + 14;
    const { found, passes } = await finish(
      rise(
        scored((x) => 4 * at(x, spot)),
        scene,
        options,
        BLACK,
      ),
    );
    const most = found.data.reduce((best, value, i) => (value > (found.data[best] ?? 0) ? i : best), 0);
    expect(Math.hypot((most % 20) - 14, Math.floor(most / 20) - 5)).toBeLessThanOrEqual(1.5);
    expect(passes).toBe(risePasses(400, 4));
    const constant = await finish(
      rise(
        scored(() => 7),
        scene,
        options,
        BLACK,
      ),
    );
    for (const value of constant.found.data) expect(Math.abs(value)).toBeLessThan(1e-5);
  });

  it('is the same in passes of any size, and another with another seed', async () => {
    const f = (x: ArrayLike<number>): number => Math.sin(sum(x));
    const found = async (batch: number, seed: number) =>
      (await finish(rise(scored(f, batch), scene, { ...options, masks: 20, seed }, BLACK))).found.data;
    expect(await found(7, 3)).toEqual(await found(1, 3));
    expect(await found(7, 4)).not.toEqual(await found(7, 3));
  });
});
