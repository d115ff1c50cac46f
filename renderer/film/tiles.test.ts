import { describe, expect, it } from 'vitest';
import { tilesOf } from './tiles.ts';

describe('the tiles of the strip', () => {
  it('are one for each step where there is room', () => {
    expect(tilesOf(0, 4, 20).map(({ step }) => step)).toEqual([0, 1, 2, 3, 4]);
  });

  it('are spread from the first to the last step where there is not', () => {
    const steps = tilesOf(0, 400, 11).map(({ step }) => step);
    expect(steps).toEqual([0, 40, 80, 120, 160, 200, 240, 280, 320, 360, 400]);
  });

  it('fill the whole width', () => {
    const tiles = tilesOf(3, 90, 12);
    expect(tiles.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(1, 9);
  });

  it.each([0, 0.4])('are at least one, in a width of %f tiles', (most) => {
    expect(tilesOf(0, 40, most)).toHaveLength(1);
  });
});
