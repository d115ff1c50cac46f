import { describe, expect, it } from 'vitest';
import { createPixels } from './pixels.ts';
import { sheetOf } from './sheet.ts';

const red = (sheet: ReturnType<typeof sheetOf>): number[][] =>
  Array.from({ length: sheet.height }, (_, y) => [
    ...sheet.data.subarray(y * sheet.width, (y + 1) * sheet.width),
  ]);

describe('a sheet of pictures', () => {
  const pictures = [0.25, 0.5, 0.75].map((value) => createPixels(2, 1, value));

  it('is nearly square, with gaps between', () => {
    expect(red(sheetOf(pictures, { gap: 1, fill: 1 }))).toEqual([
      [0.25, 0.25, 1, 0.5, 0.5],
      [1, 1, 1, 1, 1],
      [0.75, 0.75, 1, 1, 1],
    ]);
  });

  it('can be a row, and have a border', () => {
    expect(red(sheetOf(pictures.slice(0, 2), { gap: 1, border: true, fill: 0, columns: 2 }))).toEqual([
      [0, 0, 0, 0, 0, 0, 0],
      [0, 0.25, 0.25, 0, 0.5, 0.5, 0],
      [0, 0, 0, 0, 0, 0, 0],
    ]);
  });

  it('refuses pictures of several sizes', () => {
    expect(() => sheetOf([createPixels(2, 2), createPixels(3, 2)], { gap: 0, fill: 0 })).toThrow(RangeError);
    expect(() => sheetOf([], { gap: 0, fill: 0 })).toThrow(RangeError);
  });
});
