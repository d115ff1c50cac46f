import { describe, expect, it } from 'vitest';
import { layOut, rowAt, rowOf, stepInRows, type Measures } from './layout.ts';

const MEASURES: Measures = { width: 320, tile: 100, caption: 0, heading: 30, gap: 10 };
const lay = (...counts: number[]) =>
  layOut(
    counts.map((count, at) => ({ title: counts.length === 1 ? null : `group ${at}`, count })),
    MEASURES,
  );

describe('the layout of the gallery', () => {
  it('fills the width with as many columns as there is room for', () => {
    expect(lay(7)).toMatchObject({ columns: 3, tileWidth: 100, tileHeight: 75, height: 3 * 75 + 2 * 10 });
    expect(layOut([{ title: null, count: 2 }], { ...MEASURES, width: 300 })).toMatchObject({
      columns: 2,
      tileWidth: 145,
    });
    expect(layOut([{ title: null, count: 2 }], { ...MEASURES, width: -20 })).toMatchObject({ columns: 1 });
  });

  it('begins every group on a row of its own, below its heading, and leaves empty ones out', () => {
    const { rows } = lay(4, 0, 1);
    expect(rows).toEqual([
      { top: 0, tilesTop: 30, bottom: 105, heading: 'group 0', first: 0, count: 3 },
      { top: 115, tilesTop: 115, bottom: 190, heading: null, first: 3, count: 1 },
      { top: 200, tilesTop: 230, bottom: 305, heading: 'group 2', first: 4, count: 1 },
    ]);
  });

  it('finds rows by position and by picture, among ten thousand pictures too', () => {
    const { rows } = lay(10_000);
    expect([-5, 0, 75, 76, 85 * 100, 1e9].map((position) => rowAt(rows, position))).toEqual([
      0,
      0,
      0,
      1,
      100,
      rows.length,
    ]);
    expect([0, 2, 3, 9_999, 10_000].map((index) => rowOf(rows, index))).toEqual([0, 0, 1, 3_333, -1]);
  });
});

describe('a step among seven tiles in three columns', () => {
  it.each([
    ['ArrowRight', 0, 1],
    ['ArrowRight', 6, 6],
    ['ArrowLeft', 0, 0],
    ['ArrowDown', 1, 4],
    ['ArrowDown', 5, 6],
    ['ArrowUp', 5, 2],
    ['ArrowUp', 2, 2],
    ['Home', 5, 0],
    ['End', 0, 6],
    ['PageDown', 0, 6],
    ['x', 3, undefined],
  ])('%s from %i leads to %s', (key, from, to) => {
    expect(stepInRows(key, from, lay(7).rows)).toBe(to);
  });

  it('leads from group to group, and nowhere where there is none', () => {
    expect(stepInRows('ArrowDown', 2, lay(4, 2).rows)).toBe(3);
    expect(stepInRows('ArrowDown', 3, lay(4, 2).rows)).toBe(4);
    expect(stepInRows('ArrowUp', 5, lay(4, 2).rows)).toBe(3);
    expect(stepInRows('End', 0, lay(0).rows)).toBeUndefined();
  });
});
