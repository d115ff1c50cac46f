import { describe, expect, it } from 'vitest';
import { createPixels, type Pixels } from '../imaging/pixels.ts';
import { GradientNormaliser, type Normaliser } from './normaliser.ts';
import { coarserPictures, putTogether, reduce, takeApart } from './pyramid.ts';
import { random } from './random.ts';

/** Noise in [−½, ½). */
function noise(width: number, height: number): Pixels {
  const picture = createPixels(width, height);
  const next = random(7);
  picture.data.forEach((_, i) => (picture.data[i] = next() - 0.5));
  return picture;
}

describe('the Laplacian pyramid', () => {
  it.each([
    [64, 48],
    [33, 57],
    [5, 4],
    [3, 100],
    [1, 1],
  ])('of %i×%i pixels gives the picture back', (width, height) => {
    const picture = noise(width, height);
    const original = picture.data.slice();
    const sizes = putTogether(takeApart(picture, coarserPictures(picture, 4)), []);
    expect(Math.max(...picture.data.map((v, i) => Math.abs(v - (original[i] ?? 0))))).toBeLessThan(1e-6);
    expect(sizes).toBe(picture.data.reduce((sum, v) => sum + Math.abs(v), 0));
  });

  it('leaves nothing in the bands of a flat picture', () => {
    const flat = createPixels(37, 20, 0.25);
    const { bands } = takeApart(flat, coarserPictures(flat, 3));
    expect(bands).toHaveLength(4);
    for (const band of bands.slice(0, -1)) expect(Math.max(...band.data.map(Math.abs))).toBeLessThan(1e-6);
    expect(bands.at(-1)?.data.every((v) => Math.abs(v - 0.25) < 1e-6)).toBe(true);
  });

  it('knows the energy of each band', () => {
    const picture = noise(33, 57);
    const { bands, squares } = takeApart(picture, coarserPictures(picture, 4));
    expect(squares).toEqual(bands.map(({ data }) => data.reduce((sum, v) => sum + v * v, 0)));
  });

  it('halves with the binomial weights', () => {
    const spike = createPixels(9, 9);
    spike.data[4 * 9 + 4] = 256;
    const small = reduce(spike, createPixels(5, 5));
    expect([...small.data.subarray(5 + 1, 5 + 4)]).toEqual([1, 6, 1]);
    expect([...small.data.subarray(10 + 1, 10 + 4)]).toEqual([6, 36, 6]);
  });
});

/** Normalised in place. */
function normalise(gradient: Pixels, by: Normaliser): void {
  const factor = new GradientNormaliser(by).prepare(gradient);
  gradient.data.forEach((v, i) => (gradient.data[i] = v * factor));
}

describe('a normalised gradient', () => {
  const meanSize = (data: Float32Array): number =>
    data.reduce((sum, v) => sum + Math.abs(v), 0) / data.length;

  it.each<Normaliser>(['mean', 'laplacian'])('by %s has a mean size of 1 at any scale', (by) => {
    const gradient = noise(40, 30);
    gradient.data.forEach((v, i) => (gradient.data[i] = v * 1e-6));
    normalise(gradient, by);
    expect(meanSize(gradient.data)).toBeCloseTo(1, 3);
  });

  it('by deviation has a variance of 1', () => {
    const gradient = noise(40, 30);
    normalise(gradient, 'deviation');
    const mean = gradient.data.reduce((a, b) => a + b, 0) / gradient.data.length;
    expect(gradient.data.reduce((sum, v) => sum + (v - mean) ** 2, 0) / gradient.data.length).toBeCloseTo(
      1,
      4,
    );
  });

  it('is the same whatever was normalised before it', () => {
    const normaliser = new GradientNormaliser('laplacian');
    for (const size of [40, 30, 40]) {
      const [fresh, next] = [noise(size, 30), noise(size, 30)];
      expect(normaliser.prepare(next)).toBe(new GradientNormaliser('laplacian').prepare(fresh));
      expect(next.data).toEqual(fresh.data);
    }
  });

  it('that vanishes stays zero', () => {
    for (const by of ['mean', 'deviation', 'laplacian'] as const) {
      const gradient = createPixels(16, 16);
      normalise(gradient, by);
      expect(gradient.data.every((v) => v === 0)).toBe(true);
    }
  });
});
