import { describe, expect, it } from 'vitest';
import { INSIDE, MaskBitmap, disc, rectangle, stroke, type Point, type Shape } from './bitmap.ts';

const SIZE = 40;

/** The pixels of a shape by its definition: those whose centres hold it. */
const expected = (holds: (x: number, y: number) => boolean): number[] =>
  Array.from({ length: SIZE * SIZE }, (_, i) =>
    holds((i % SIZE) + 0.5, Math.floor(i / SIZE) + 0.5) ? INSIDE : 0,
  );

function filled(shape: Shape): MaskBitmap {
  const mask = new MaskBitmap(SIZE, SIZE);
  mask.fill(shape, INSIDE);
  return mask;
}

/** From a point to the line between two others. */
function distance(x: number, y: number, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const part = length === 0 ? 0 : Math.min(Math.max(((x - a.x) * dx + (y - a.y) * dy) / length, 0), 1);
  return Math.hypot(x - a.x - part * dx, y - a.y - part * dy);
}

describe('a mask', () => {
  it.each([
    ['aslant', { x: 8.3, y: 5.1 }, { x: 29.7, y: 22.4 }, 4.6],
    ['level', { x: 6.2, y: 20.3 }, { x: 31.9, y: 20.3 }, 3.1],
    ['upright', { x: 20.2, y: 31.4 }, { x: 20.2, y: 8.7 }, 5.2],
    ['that does not move', { x: 12.4, y: 12.7 }, { x: 12.4, y: 12.7 }, 6.2],
    ['that leaves the picture', { x: -9.3, y: 12.6 }, { x: 50.8, y: 33.2 }, 7.7],
  ])('takes a stroke %s: all that is nearer to its way than the radius', (_, from, to, radius) => {
    const { data } = filled(stroke(from, to, radius));
    expect([...data]).toEqual(expected((x, y) => distance(x, y, from, to) <= radius));
  });

  it('takes discs and rectangles, whichever way they are drawn', () => {
    const [a, b] = [
      { x: 27.2, y: 9.4 },
      { x: 11.6, y: 30.3 },
    ];
    expect([...filled(rectangle(a, b)).data]).toEqual(
      expected((x, y) => x >= b.x && x <= a.x && y >= a.y && y <= b.y),
    );
    const radius = Math.hypot(a.x - b.x, a.y - b.y);
    expect([...filled(disc(a, b)).data]).toEqual(expected((x, y) => Math.hypot(x - a.x, y - a.y) <= radius));
  });

  it('is never missed by the smallest brush', () => {
    for (let i = 0; i < 10; i++) {
      const at = { x: 5 + i / 10, y: 7 + (i * 3) / 10 };
      expect(filled(stroke(at, at, 1)).data).toContain(INSIDE);
    }
  });

  it('says where it changed, and no more', () => {
    const mask = new MaskBitmap(SIZE, SIZE);
    expect(mask.fill(rectangle({ x: 3, y: 4 }, { x: 10, y: 6 }), INSIDE)).toEqual({
      left: 3,
      top: 4,
      right: 10,
      bottom: 6,
    });
    expect(mask.share).toBeCloseTo(14 / 1600, 12);
  });
});
