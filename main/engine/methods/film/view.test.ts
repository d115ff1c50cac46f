import { describe, expect, it } from 'vitest';
import { film } from '../../../../shared/recipes/film.ts';
import { defaultsOf } from '../../../../shared/recipes/fields.ts';
import { inverse, shift } from '../../ascent/affine.ts';
import { createPixels, type Pixels } from '../../imaging/pixels.ts';
import { Motion } from './motion.ts';
import { seenFromAfar, seenThrough } from './view.ts';

/** A smooth picture, known everywhere. */
const value = (x: number, y: number, channel: number): number =>
  0.5 + 0.2 * Math.sin(0.21 * x + channel) + 0.2 * Math.cos(0.17 * y - 0.09 * x);

function drawn(width: number, height: number, at: (x: number, y: number) => [number, number]): Pixels {
  const picture = createPixels(width, height);
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) picture.data[(c * height + y) * width + x] = value(...at(x, y), c);
  return picture;
}

/** The largest difference at least `margin` pixels from the edges. */
function apart(a: Pixels, b: Pixels, margin: number): number {
  let most = 0;
  for (let c = 0; c < 3; c++)
    for (let y = margin; y < a.height - margin; y++)
      for (let x = margin; x < a.width - margin; x++) {
        const i = (c * a.height + y) * a.width + x;
        most = Math.max(most, Math.abs((a.data[i] ?? 0) - (b.data[i] ?? 0)));
      }
  return most;
}

const motion = (settings: object): Motion => new Motion({ ...defaultsOf(film), ...settings }, []);
const size = { width: 97, height: 64 };
const centre = { x: 48, y: 31.5 };
const picture = drawn(97, 64, (x, y) => [x, y]);

describe('a frame seen from the next', () => {
  it('is the same to the bit where nothing moves', () => {
    expect(seenThrough(picture, motion({ zoom: 1 }).step(2, size)).data).toEqual(picture.data);
  });

  it('is nearer about the exact centre', () => {
    const expected = drawn(97, 64, (x, y) => [
      centre.x + (x - centre.x) / 1.04,
      centre.y + (y - centre.y) / 1.04,
    ]);
    // 0.2 of a grey level.
    expect(apart(seenThrough(picture, motion({}).step(2, size)), expected, 0)).toBeLessThan(0.0008);
  });

  it('turns clockwise, and moves to the right and down by per cents of the longer side', () => {
    const turned = motion({ zoom: 1, rotate: 90 }).step(2, { width: 65, height: 65 });
    const square = drawn(65, 65, (x, y) => [x, y]);
    // What was at the left is at the top now.
    expect(
      apart(
        seenThrough(square, turned),
        drawn(65, 65, (x, y) => [y, 64 - x]),
        1,
      ),
    ).toBeLessThan(1e-5);
    const moved = motion({ zoom: 1, panX: 2, panY: -1 }).step(2, size);
    expect(moved.x).toBeCloseTo(1.94, 9);
    expect(moved.y).toBeCloseTo(-0.97, 9);
  });

  it('is mirrored beyond the edges', () => {
    const view = seenThrough(picture, shift(-3, 0));
    for (const x of [0, 1, 2]) expect(view.data[x]).toBe(picture.data[2 - x]);
  });

  it('over many frames has the exact centre still, and a way back', () => {
    const long = motion({ rotate: 1.5, panX: 0.3, keys: '1 zoom=1.02; 40 zoom=1.06' });
    const there = long.since(1, 40, size);
    const back = inverse(there);
    const [x, y] = [there.xu * 11 + there.xv * 7 + there.x, there.yu * 11 + there.yv * 7 + there.y];
    expect(back.xu * x + back.xv * y + back.x).toBeCloseTo(11, 6);
    expect(back.yu * x + back.yv * y + back.y).toBeCloseTo(7, 6);
    expect(motion({}).since(1, 40, size).xu).toBeCloseTo(1.04 ** -39, 9);
  });

  it('does not alias when it is far away', () => {
    const stripes = createPixels(96, 96);
    stripes.data.forEach((_, i) => (stripes.data[i] = i % 2));
    const far = seenFromAfar(stripes, motion({ zoom: 0.8 }).since(1, 9, stripes));
    // Six stripes in a pixel are grey.
    for (const sample of far.data) expect(Math.abs(sample - 0.5)).toBeLessThan(0.1);
  });
});
