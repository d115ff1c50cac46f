import { describe, expect, it } from 'vitest';
import { originOf, planSegments } from './segments.ts';

describe('segments of a film', () => {
  it('are one where nobody cuts it', () => {
    expect(planSegments(30, null, 12)).toEqual([{ number: 1, first: 1, last: 30, from: 1, to: 30 }]);
  });

  it('are warmed up before their own frames, and go on behind them', () => {
    expect(planSegments(25, 10, 3)).toEqual([
      { number: 1, first: 1, last: 10, from: 1, to: 13 },
      { number: 2, first: 11, last: 20, from: 8, to: 23 },
      { number: 3, first: 21, last: 25, from: 18, to: 25 },
    ]);
  });

  it.each([
    [25, 10, 3],
    [22, 10, 3],
    [40, 8, 8],
    [9, 2, 1],
  ])(
    'of %i frames, by %i with %i, make every frame, and none of more than two',
    (frames, length, overlap) => {
      const segments = planSegments(frames, length, overlap);
      let before = 0;
      for (let frame = 1; frame <= frames; frame++) {
        const origin = originOf(segments, overlap, frame);
        expect(origin.of.from <= frame && frame <= origin.of.to).toBe(true);
        if (!('next' in origin)) continue;
        if (frame === origin.next.first) before = 0;
        expect(origin.next.first <= frame && origin.next.number === origin.of.number + 1).toBe(true);
        expect(origin.share).toBeGreaterThan(before);
        expect(origin.share).toBeLessThan(1);
        before = origin.share;
      }
    },
  );

  it('are refused where they could not flow into each other', () => {
    expect(() => planSegments(30, 10, 0)).toThrow(/--overlap to at least 1/);
    expect(() => planSegments(30, 10, 11)).toThrow(/shorter than their overlap/);
  });
});
