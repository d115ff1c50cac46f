import { describe, expect, it } from 'vitest';
import { clonePixels, createPixels } from './pixels.ts';
import { noise } from './testing/pictures.ts';
import { crop, paste, readTile, roll, writeTile } from './tiles.ts';

const SHIFTS = [
  [0, 0],
  [1, 0],
  [0, -1],
  [3, 2],
  [-7, 11],
  [100, -250],
] as const;

describe('roll', () => {
  it.each(SHIFTS)('by (%i, %i) moves every pixel, and back', (dx, dy) => {
    const width = 7;
    const height = 5;
    const pixels = noise(width, height);
    const rolled = roll(pixels, dx, dy);
    for (let c = 0; c < 3; c++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const to =
            (c * height + ((((y + dy) % height) + height) % height)) * width +
            ((((x + dx) % width) + width) % width);
          expect(rolled.data[to]).toBe(pixels.data[(c * height + y) * width + x]);
        }
      }
    }
    expect(roll(rolled, -dx, -dy)).toEqual(pixels);
  });

  it('uses the buffer it is given, of the right size and not its own', () => {
    const pixels = noise(4, 3);
    const into = createPixels(4, 3);
    expect(roll(pixels, 1, 1, into)).toBe(into);
    expect(into).toEqual(roll(pixels, 1, 1));
    expect(() => roll(pixels, 1, 1, pixels)).toThrow(RangeError);
    expect(() => roll(pixels, 1, 1, createPixels(3, 4))).toThrow(RangeError);
  });
});

describe('tiles', () => {
  const TILES = [
    [0, 0, 6, 5],
    [4, 3, 3, 3],
    [-2, -1, 4, 4],
    [5, 4, 15, 12],
    [13, -22, 1, 1],
  ] as const;

  it.each(TILES)('at (%i, %i) of %i×%i read what a roll shows', (x, y, width, height) => {
    const pixels = noise(6, 5);
    const tile = readTile(pixels, x, y, width, height);
    const shifted = roll(pixels, -x, -y);
    for (let c = 0; c < 3; c++) {
      for (let v = 0; v < height; v++) {
        for (let u = 0; u < width; u++) {
          expect(tile.data[(c * height + v) * width + u]).toBe(shifted.data[(c * 5 + (v % 5)) * 6 + (u % 6)]);
        }
      }
    }
  });

  it('that cover the picture once rebuild it', () => {
    const pixels = noise(10, 9);
    const rebuilt = createPixels(10, 9, -1);
    for (const y of [-4]) {
      for (const x of [3, 8]) writeTile(rebuilt, readTile(pixels, x, y, 5, 9), x, y);
    }
    expect(rebuilt).toEqual(pixels);
  });

  it('reads into a buffer of the right size', () => {
    const into = createPixels(2, 2);
    expect(readTile(noise(4, 4), 3, 3, 2, 2, into)).toBe(into);
    expect(() => readTile(noise(4, 4), 0, 0, 3, 2, into)).toThrow(RangeError);
  });

  it('crops and pastes inside only', () => {
    const pixels = noise(6, 5);
    const patch = crop(pixels, 2, 1, 3, 4);
    expect(patch).toEqual(readTile(pixels, 2, 1, 3, 4));
    const target = clonePixels(pixels);
    paste(target, createPixels(3, 4, 0.5), 2, 1);
    expect(crop(target, 2, 1, 3, 4)).toEqual(createPixels(3, 4, 0.5));
    paste(target, patch, 2, 1);
    expect(target).toEqual(pixels);
    expect(() => crop(pixels, 4, 0, 3, 1)).toThrow(RangeError);
    expect(() => {
      paste(target, patch, -1, 0);
    }).toThrow(RangeError);
  });
});
