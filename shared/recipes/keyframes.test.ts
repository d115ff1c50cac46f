import { describe, expect, it } from 'vitest';
import { film } from './film.ts';
import { parse } from './fields.ts';
import { betweenKeys, eased } from './keyframes.ts';
import { keyframesIn } from './kinds.ts';

const canonical = (keys: unknown): unknown => parse(film, { keys }).keys;

describe('key frames', () => {
  it('are the same from text, however it is spaced and ordered, and from JSON', () => {
    const text = '1 zoom=1.04; 60 zoom=1 rotate=-2 layers=mixed4c:1,mixed3b:0.5';
    expect(canonical(text)).toBe(text);
    expect(canonical(' 60  rotate=-2 zoom=1   layers=mixed4c,mixed3b:0.5;1 zoom=1.04 ')).toBe(
      '1 zoom=1.04; 60 rotate=-2 zoom=1 layers=mixed4c:1,mixed3b:0.5',
    );
    expect(
      canonical([
        { frame: 60, zoom: 1, rotate: -2, layers: 'mixed4c:1,mixed3b:0.5' },
        { frame: 1, zoom: 1.04 },
      ]),
    ).toBe(text);
    expect(canonical('9 pan-x=1; 9 panY=2')).toBe('9 panX=1 panY=2');
    expect(canonical('auto')).toBeNull();
  });

  it.each([
    '60',
    'zoom=1.04',
    '0 zoom=1.04',
    '1.5 zoom=1',
    '3 zoom=9',
    '3 steps=2',
    '3 zoom=1;',
    '3 zoom',
    '',
  ])('are refused as "%s", with what is accepted', (keys) => {
    expect(() => canonical(keys)).toThrow(/--keys must be key frames such as .*zoom \(0.8 to 1.25\)/);
  });

  it('ease from one value to the next, and stay before the first and after the last', () => {
    const keys = keyframesIn(film.keys, '10 rate=1; 20 rate=3; 25 zoom=1.1') ?? [];
    const rate = (frame: number): number => {
      const { from, to, share } = betweenKeys(keys, 'rate', frame, 7);
      return from + share * (to - from);
    };
    expect([1, 10, 15, 20, 99].map(rate)).toEqual([1, 1, 2, 3, 3]);
    expect(rate(11) - rate(10)).toBeLessThan(rate(15) - rate(14));
    for (let frame = 1; frame < 30; frame++) expect(rate(frame + 1)).toBeGreaterThanOrEqual(rate(frame));
    expect(betweenKeys(keys, 'rotate', 15, 7)).toEqual({ from: 7, to: 7, share: 0 });
  });

  it('begin and end without a jolt', () => {
    expect([0, 0.5, 1].map(eased)).toEqual([0, 0.5, 1]);
    expect((eased(1e-4) - eased(0)) / 1e-4).toBeLessThan(1e-3);
  });
});
