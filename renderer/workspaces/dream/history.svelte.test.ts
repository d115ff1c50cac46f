import { describe, expect, it } from 'vitest';
import { History } from './history.svelte.ts';

/** A history over numbers, and the state that it belongs to. */
function start() {
  const history = new History<number>();
  let now = 0;
  return {
    set: (value: number, kind: string, at: number): void => {
      history.record(now, kind, at);
      now = value;
    },
    undo: () => (now = history.undo(now) ?? now),
    redo: () => (now = history.redo(now) ?? now),
    history,
  };
}

describe('undo and redo', () => {
  it('goes back and forth over changes of different kinds', () => {
    const { set, undo, redo } = start();
    set(1, 'a', 0);
    set(2, 'b', 10);
    expect([undo(), undo(), undo(), redo(), redo(), redo()]).toEqual([1, 0, 0, 1, 2, 2]);
  });

  it('undoes changes of one kind in quick succession together', () => {
    const { set, undo } = start();
    set(1, 'slider', 0);
    set(2, 'slider', 300);
    set(3, 'slider', 1100);
    set(4, 'slider', 5000);
    expect([undo(), undo()]).toEqual([3, 0]);
  });

  it('does not join a change with one from before an undo', () => {
    const { set, undo } = start();
    set(1, 'slider', 0);
    set(2, 'other', 10);
    undo();
    set(3, 'other', 20);
    expect([undo(), undo()]).toEqual([1, 0]);
  });

  it('forgets what was undone when something else is done', () => {
    const { set, undo, history } = start();
    set(1, 'a', 0);
    undo();
    expect(history.canRedo).toBe(true);
    set(5, 'b', 10);
    expect(history.canRedo).toBe(false);
  });

  it('keeps the last two hundred states', () => {
    const { set, undo, history } = start();
    for (let i = 1; i <= 250; i++) set(i, `kind ${i}`, i);
    let earliest = Infinity;
    while (history.canUndo) earliest = undo();
    expect(earliest).toBe(50);
  });
});
