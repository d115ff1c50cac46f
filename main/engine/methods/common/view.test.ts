import { describe, expect, it } from 'vitest';
import { random } from '../../ascent/random.ts';
import { createPixels, pixelsFrom, type Pixels } from '../../imaging/pixels.ts';
import { resize } from '../../imaging/resample.ts';
import { crop } from '../../imaging/tiles.ts';
import { viewOf } from './view.ts';

function noise(width: number, height: number, seed: number): Pixels {
  const next = random(seed);
  return pixelsFrom(
    width,
    height,
    Float32Array.from({ length: 3 * width * height }, () => next() - 0.5),
  );
}

const dot = (a: Pixels, b: Pixels): number =>
  a.data.reduce((sum, value, i) => sum + value * (b.data[i] ?? 0), 0);

describe('the view of a classifier', () => {
  it.each([
    [97, 60],
    [30, 80],
    [56, 56],
    [56, 57],
    [512, 300],
    [1, 400],
  ])('has an exact adjoint at %i×%i', (width, height) => {
    const view = viewOf({ width, height }, 56);
    const [x, y] = [noise(width, height, 1), noise(56, 56, 2)];
    const [forward, back] = [dot(view.apply(x), y), dot(x, view.adjoint(y))];
    expect(back).toBeCloseTo(forward, 4);
  });

  it('shows a picture of the network’s size as it is', () => {
    const picture = noise(56, 56, 3);
    expect(viewOf(picture, 56).apply(picture)).toBe(picture);
  });

  it('shows the middle of a picture of any length, in the memory of what is seen', () => {
    const picture = createPixels(1, 30_000);
    picture.data.fill(1, 14_999, 15_001);
    const seen = viewOf(picture, 56).apply(picture);
    expect(seen).toMatchObject({ width: 56, height: 56 });
    expect(seen.data[28 * 56 + 28]).toBeCloseTo(1, 5);
  });

  it('is the centre of the whole picture, resized', () => {
    const picture = noise(90, 61, 4);
    const whole = resize(picture, 94, 64, 'linear');
    const centre = crop(whole, 19, 4, 56, 56);
    const worst = viewOf(picture, 56)
      .apply(picture)
      .data.reduce((most, value, i) => Math.max(most, Math.abs(value - (centre.data[i] ?? NaN))), 0);
    expect(worst).toBeLessThan(1e-6);
  });

  it('knows where its parts lie in the picture', () => {
    // The shorter side, 200, is brought to 64 of 56: a pixel of the view is 3.125 of the picture.
    const view = viewOf({ width: 400, height: 200 }, 56);
    expect(view.origin({ x: 0, y: 0, width: 56, height: 56 })).toEqual({
      x: 112,
      y: 12,
      width: 176,
      height: 176,
    });
    expect(view.origin({ x: 28, y: 28, width: 1, height: 1 })).toEqual({
      x: 200,
      y: 100,
      width: 4,
      height: 4,
    });
  });

  it('shows the centre of a wide picture', () => {
    const picture = createPixels(400, 200);
    for (let row = 0; row < 200; row++) picture.data.fill(1, row * 400 + 190, row * 400 + 210);
    const seen = viewOf(picture, 56).apply(picture);
    expect(seen.data[28 * 56 + 28]).toBeCloseTo(1, 5);
    expect(seen.data[28 * 56]).toBe(0);
  });
});
