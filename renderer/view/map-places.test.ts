import { describe, expect, it } from 'vitest';
import { mapOf, type MapLayer } from './layer-map.ts';
import { placesOf, type MapPlaces } from './map-places.ts';

const MEASURES = { width: 20, row: 3, boxHeight: 2, gap: 0.5, lane: 1 };

/** The places of layers that read those of the given indices. */
function placesFor(...inputs: readonly number[][]): MapPlaces {
  const layers = inputs.map((from, i): MapLayer => ({ name: `${i}`, role: 'other', inputs: from }));
  return placesOf(mapOf(layers, new Set(layers.keys())), MEASURES);
}

/** Where a way enters rows: its last point of each curve. */
const entries = (way: string): [x: number, y: number][] =>
  Array.from(way.matchAll(/C\S+ \S+ \S+ \S+ (\S+) ([\d.]+)/g), ([, x, y]) => [Number(x), Number(y)]);

/** The boxes that stand in a way: those of rows which it passes through. */
const inTheWay = ({ boxes, ways }: MapPlaces): string[] =>
  ways.flatMap((way) =>
    entries(way)
      .slice(0, -1)
      .flatMap(([x, y]) =>
        boxes
          .filter(({ top, left, width }) => top === y && left <= x && x <= left + width)
          .map(({ index }) => `${way} meets ${index}`),
      ),
  );

/** Four features that each layer reads all of, three layers each. */
const dense = Array.from({ length: 60 }, (_, i) =>
  i % 3 === 0
    ? Array.from({ length: i / 3 + 1 }, (_, k) => Math.max(0, 3 * k - 1)).filter((k) => k < i)
    : [i - 1],
);

describe('the places of a map', () => {
  it('are whole rows for layers that stand alone', () => {
    const { boxes, ways, height } = placesFor([], [0]);
    expect(boxes).toEqual([
      { index: 0, columns: 1, left: 0, top: 0, width: 20 },
      { index: 1, columns: 1, left: 0, top: 3, width: 20 },
    ]);
    expect(ways).toEqual(['M10 2V2C10 2.5 10 2.5 10 3']);
    expect(height).toBe(5);
  });

  it('are shared by layers side by side', () => {
    const { boxes } = placesFor([], [0], [0], [0]);
    expect(boxes.slice(1).map(({ left, width }) => [left, width])).toEqual([
      [0, 19 / 3],
      [19 / 3 + 0.5, 19 / 3],
      [38 / 3 + 1, 19 / 3],
    ]);
  });

  it('leave a lane at the right of what a residual block leads around', () => {
    const { boxes, ways } = placesFor([], [0], [1], [0, 2]);
    expect(boxes.map(({ width }) => width)).toEqual([20, 19, 19, 20]);
    expect(ways).toContain(
      'M10 2V2C10 2.5 19.5 2.5 19.5 3V5C19.5 5.5 19.5 5.5 19.5 6V8C19.5 8.5 10 8.5 10 9',
    );
  });

  it('leave it at the left for a branch that ends there', () => {
    const { boxes, ways } = placesFor([], [0], [0], [2], [1, 3]);
    expect(boxes.find(({ index }) => index === 3)).toMatchObject({ left: 1, width: 19 });
    expect(entries(ways.find((way) => way.startsWith('M4.875') && way.includes('V8')) ?? '')[0]).toEqual([
      0.5, 6,
    ]);
  });

  it('give all readers of a layer one lane', () => {
    const { boxes } = placesFor([], [0], [1, 0], [2, 0], [3, 0]);
    expect(Math.min(...boxes.map(({ width }) => width))).toBe(19);
  });

  it.each([
    ['a residual network', [[], [0], [1], [0, 2], [3], [4], [3, 5]]],
    ['a block of branches', [[], [0], [0], [0], [2], [3], [5], [1, 4, 6]]],
    ['a network that reads everything before', dense],
  ])('keep ways clear of the boxes of %s', (_, inputs) => {
    const places = placesFor(...inputs);
    expect(inTheWay(places)).toEqual([]);
    for (const { left, width } of places.boxes) {
      expect(width).toBeGreaterThan(3);
      expect(left + width).toBeLessThanOrEqual(20.001);
    }
  });

  it('of nothing are none', () => {
    expect(placesFor()).toEqual({ boxes: [], ways: [], height: 0 });
  });
});
