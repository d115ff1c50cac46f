import { describe, expect, it } from 'vitest';
import { luma, transferColour } from './colour.ts';
import { createPixels } from './pixels.ts';
import { maxDifference, noise } from './testing/pictures.ts';

describe('transferColour', () => {
  it('gives back a picture from its own colours and light', () => {
    const pixels = noise(16, 9);
    expect(maxDifference(transferColour(pixels, pixels).data, pixels.data)).toBeLessThan(1e-6);
  });

  it('has the luma of the target and stays in [0,1]', () => {
    const source = noise(64, 64, 3);
    const target = noise(64, 64, 9);
    const result = transferColour(source, target);
    expect(maxDifference(luma(result), luma(target))).toBeLessThan(1e-6);
    expect(Math.min(...result.data)).toBeGreaterThanOrEqual(-1e-6);
    expect(Math.max(...result.data)).toBeLessThanOrEqual(1 + 1e-6);
  });

  it.each([
    // 0.299·0.6 + 0.587·0.4 + 0.114·0.4 = 0.4598; every channel moves by 0.5 − 0.4598.
    ['moves all channels alike where there is room', [0.6, 0.4, 0.4], 0.5, [0.6402, 0.4402, 0.4402]],
    ['makes a grey picture grey', [0.3, 0.3, 0.3], 0.7, [0.7, 0.7, 0.7]],
    ['has no colour at white', [1, 0, 0], 1, [1, 1, 1]],
    ['has no colour at black', [0, 1, 0], 0, [0, 0, 0]],
    // Offsets 0.701, −0.299, −0.299 at luma 0.9 leave room for 0.1/0.701 of the chroma.
    ['pales a colour too strong for its luma', [1, 0, 0], 0.9, [1, 0.857347, 0.857347]],
    ['clamps the luma', [0.5, 0.5, 0.5], 1.5, [1, 1, 1]],
  ] as const)('%s', (_, source, target, expected) => {
    const { data } = transferColour(createPixels(1, 1, source), createPixels(1, 1, target));
    expect(maxDifference(data, expected)).toBeLessThan(1e-5);
  });

  it('refuses pictures of different sizes', () => {
    expect(() => transferColour(createPixels(2, 3), createPixels(3, 2))).toThrow(RangeError);
  });
});
