import { expect, it } from 'vitest';
import type { Frame } from '../../../shared/jobs.ts';
import { differenceOf } from './difference.ts';
import { lineOf } from './line.ts';

const frame = (width: number, ...rgba: number[]): Frame => ({
  width,
  height: 1,
  rgba: Uint8Array.from(rgba),
});

it('shows a change as strong as it is said, around mid-grey, and counts what does not fit', () => {
  const original = frame(2, 100, 100, 100, 255, 10, 200, 30, 255);
  const changed = frame(2, 100, 103, 92, 255, 40, 187, 30, 255);
  expect(differenceOf(original, changed, 10)).toEqual({
    // 10 × 30 and 10 × −13 lie outside of 0…255 around 128.
    frame: frame(2, 128, 158, 48, 255, 255, 0, 128, 255),
    clipped: 2,
  });
});

it('shows nothing for pictures of different sizes', () => {
  expect(differenceOf(frame(1, 0, 0, 0, 255), frame(2, 0, 0, 0, 255, 0, 0, 0, 255), 10)).toBeUndefined();
});

it('draws a line, leaving out what is no number', () => {
  expect(lineOf([0, 1], 0, 1)).toBe('M0 98L1000 2');
  expect(lineOf([0, Infinity, 0.5], 0, 1)).toBe('M0 98L1000 50');
  expect(lineOf([3, 3], 3, 3)).toBe('M0 98L1000 98');
  expect(lineOf([], Infinity, -Infinity)).toBe('');
  const long = lineOf(
    Array.from({ length: 10_000 }, (_, i) => i),
    0,
    9999,
  );
  expect(long.split('L').length).toBeLessThan(600);
  expect(long.endsWith('L1000 2')).toBe(true);
});
