import { describe, expect, it } from 'vitest';
import { INSIDE, MaskBitmap } from './bitmap.ts';
import { MaskDraft } from './draft.svelte.ts';

function draft(width = 60, height = 40): MaskDraft {
  const made = new MaskDraft(new MaskBitmap(width, height));
  made.takeDirty();
  return made;
}

function drag(on: MaskDraft, ...[first, ...rest]: readonly (readonly [number, number])[]): void {
  if (first === undefined) return;
  on.move({ x: first[0], y: first[1] });
  on.begin();
  for (const [x, y] of rest) on.move({ x, y });
  on.end();
}

const inside = ({ mask }: MaskDraft): number => mask.data.filter((value) => value === INSIDE).length;

describe('painting a mask', () => {
  it('draws one line, however many moves it comes in', () => {
    const [few, many] = [draft(), draft()];
    few.brush = many.brush = 7;
    drag(few, [10, 10], [50, 30]);
    drag(many, [10, 10], [20, 15], [30, 20], [40, 25], [50, 30]);
    expect(inside(few)).toBeGreaterThan(250);
    // Lines that are cut into parts may differ by the rounding of a pixel at a joint.
    expect(Math.abs(inside(many) - inside(few))).toBeLessThan(3);
  });

  it('erases with the same tools', () => {
    const on = draft();
    on.tool = 'rectangle';
    drag(on, [10, 10], [30, 20]);
    expect(inside(on)).toBe(200);
    on.erasing = true;
    on.tool = 'disc';
    drag(on, [20, 15], [22, 15]);
    expect(inside(on)).toBe(200 - 12);
  });

  it('draws a shape out anew while it is down, over what was there', () => {
    const on = draft();
    on.tool = 'rectangle';
    drag(on, [0, 0], [10, 10]);
    drag(on, [5, 5], [50, 35], [15, 15]);
    expect(inside(on)).toBe(100 + 100 - 25);
  });

  it('marks nothing with a shape that was not drawn out', () => {
    const on = draft();
    on.tool = 'disc';
    drag(on, [20, 20]);
    expect(inside(on)).toBe(0);
    expect(on.canUndo).toBe(false);
    expect(on.touched).toBe(false);
  });

  it('undoes and does again, step by step, and forgets what was undone when it goes on', () => {
    const on = draft();
    on.tool = 'rectangle';
    const states = [on.mask.data.slice()];
    for (const change of [
      () => drag(on, [2, 2], [30, 20]),
      () => on.invert(),
      () => drag(on, [10, 0], [20, 40]),
      () => on.clear(),
    ]) {
      change();
      states.push(on.mask.data.slice());
    }
    for (let i = states.length - 2; i >= 0; i--) {
      on.undo();
      expect(on.mask.data).toEqual(states[i]);
    }
    expect(on.canUndo).toBe(false);
    on.redo();
    on.redo();
    expect(on.mask.data).toEqual(states[2]);
    drag(on, [0, 0], [3, 3]);
    expect(on.canRedo).toBe(false);
  });

  it('takes back what a tool that is down has done', () => {
    const on = draft();
    drag(on, [5, 5], [20, 5]);
    const before = on.mask.data.slice();
    on.begin();
    on.move({ x: 50, y: 35 });
    expect(on.mask.data).not.toEqual(before);
    on.cancel();
    expect(on.mask.data).toEqual(before);
    on.undo();
    expect(inside(on)).toBe(0);
  });

  it('tells where to paint the overlay anew, and keeps the tool inside the picture', () => {
    const on = draft();
    on.brush = 4;
    drag(on, [10, 10], [12, 10]);
    const { left, top, right, bottom } = on.takeDirty();
    expect([left, top, right, bottom]).toEqual([8, 8, 14, 12]);
    on.move({ x: 100, y: -7 });
    expect(on.cursor).toEqual({ x: 60, y: 0 });
  });

  it('knows how much is painted once a tool is lifted', () => {
    const on = draft();
    on.tool = 'rectangle';
    drag(on, [0, 0], [30, 20]);
    expect(on.share).toBe(0.25);
    on.undo();
    expect(on.share).toBe(0);
  });
});
