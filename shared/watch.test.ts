import { describe, expect, it } from 'vitest';
import { Watched, WatchedItems } from './watch.ts';

describe('a watched value', () => {
  it('gives the present value first, then the latest one only', async () => {
    const watched = new Watched(1);
    const values = watched.values();
    expect((await values.next()).value).toBe(1);
    watched.set(2);
    watched.set(3);
    expect((await values.next()).value).toBe(3);
  });

  it('wakes a reader that waits, and ends after the last value when closed', async () => {
    const watched = new Watched('a');
    const values = watched.values();
    await values.next();
    const next = values.next();
    watched.set('b');
    watched.close();
    expect(await next).toEqual({ done: false, value: 'b' });
    expect(await values.next()).toEqual({ done: true, value: undefined });
  });

  it('lets a reader leave while it waits', async () => {
    const leave = new AbortController();
    const values = new Watched(0).values(leave.signal);
    await values.next();
    const next = values.next();
    leave.abort();
    expect((await next).done).toBe(true);
  });
});

describe('watched items', () => {
  const store = () => {
    const items = new Map([
      ['a', 1],
      ['b', 2],
    ]);
    const watched = new WatchedItems(
      () => items.keys(),
      (id) => items.get(id),
    );
    return { items, watched };
  };

  it('give everything first, then what changed and what went, each once', async () => {
    const { items, watched } = store();
    const changes = watched.changes();
    expect((await changes.next()).value).toEqual({ changed: [1, 2], removed: [] });
    items.set('a', 10);
    watched.touch('a');
    items.set('a', 11);
    items.delete('b');
    watched.touch('a', 'b');
    expect((await changes.next()).value).toEqual({ changed: [11], removed: ['b'] });
  });

  it('give an empty first value, and each reader its own pace', async () => {
    const { items, watched } = store();
    items.clear();
    const [one, two] = [watched.changes(), watched.changes()];
    expect((await one.next()).value).toEqual({ changed: [], removed: [] });
    await two.next();
    items.set('c', 3);
    watched.touch('c');
    expect((await one.next()).value).toEqual({ changed: [3], removed: [] });
    items.set('d', 4);
    watched.touch('d');
    expect((await two.next()).value).toEqual({ changed: [3, 4], removed: [] });
    expect((await one.next()).value).toEqual({ changed: [4], removed: [] });
  });

  it('let a reader leave while it waits', async () => {
    const { watched } = store();
    const leave = new AbortController();
    const changes = watched.changes(leave.signal);
    await changes.next();
    const next = changes.next();
    leave.abort();
    expect((await next).done).toBe(true);
  });
});
