import { describe, expect, it } from 'vitest';
import { filmSize, lengthOf, planFilm } from './plan.ts';

describe('a film', () => {
  it('shows each step for its time, and holds the last', () => {
    const frames = planFilm(0, 3, { fps: 10, hold: 1, thereAndBack: false });
    expect(frames.map(({ step }) => step)).toEqual([0, 1, 2, 3]);
    expect(frames[3]).toMatchObject({ duration: 1.1 });
    expect(lengthOf(frames)).toBeCloseTo(1.4, 9);
  });

  it('goes there and back without showing an end twice', () => {
    const frames = planFilm(5, 8, { fps: 4, hold: 0, thereAndBack: true });
    expect(frames.map(({ step }) => step)).toEqual([5, 6, 7, 8, 7, 6]);
  });

  it('has no gaps', () => {
    const frames = planFilm(0, 40, { fps: 24, hold: 2, thereAndBack: true });
    for (const [index, { at, duration }] of frames.entries()) {
      const next = frames[index + 1];
      if (next !== undefined) expect(next.at).toBeCloseTo(at + duration, 9);
    }
  });

  it.each([
    [501, 333, 3840, 502, 334],
    [512, 512, 3840, 512, 512],
    [7680, 4320, 3840, 3840, 2160],
    [1, 3, 3840, 2, 4],
  ])('of %i × %i pixels, at most %i, has %i × %i', (width, height, longest, filmWidth, filmHeight) => {
    expect(filmSize(width, height, longest)).toEqual({ width: filmWidth, height: filmHeight });
  });
});
