import { describe, expect, it } from 'vitest';
import { ProgramCache, type Draft } from './cache.ts';
import type { Program } from './runtime.ts';

/** Programs that write down when they are made and disposed of. */
function workshop() {
  const log: string[] = [];
  const dispose = (name: string): Promise<void> => {
    log.push(`-${name}`);
    return Promise.resolve();
  };
  const compile = (name: string): Promise<Program> => {
    log.push(`+${name}`);
    return Promise.resolve({ outputs: [], run: () => Promise.resolve({}), dispose: () => dispose(name) });
  };
  const make = (name: string, bytes: number) => (): Draft => ({ bytes, compile: () => compile(name) });
  return { log, make };
}

describe('the cache of programs', () => {
  it('compiles a key once, also when asked twice at the same time', async () => {
    const { log, make } = workshop();
    const cache = new ProgramCache(100);
    const leases = await Promise.all([cache.lease('a', make('a', 10)), cache.lease('a', make('a', 10))]);
    expect(leases[0].program).toBe(leases[1].program);
    expect(log).toEqual(['+a']);
  });

  it('gives up the least recently used one before it compiles what would not fit', async () => {
    const { log, make } = workshop();
    const cache = new ProgramCache(100);
    for (const key of ['a', 'b', 'a']) await (await cache.lease(key, make(key, 40))).release();
    await cache.lease('c', make('c', 50));
    expect(log).toEqual(['+a', '+b', '-b', '+c']);
  });

  it('never gives up a program in use, and does so once it is released', async () => {
    const { log, make } = workshop();
    const cache = new ProgramCache(50);
    const used = await cache.lease('a', make('a', 60));
    const other = await cache.lease('b', make('b', 60));
    expect(log).toEqual(['+a', '+b']);
    await used.release();
    expect(log).toEqual(['+a', '+b', '-a']);
    await other.release();
    expect(log.at(-1)).toBe('-b');
  });

  it('does not keep what failed to compile', async () => {
    const { log, make } = workshop();
    const cache = new ProgramCache(50);
    await expect(
      cache.lease('a', () => ({ bytes: 10, compile: () => Promise.reject(new Error('no')) })),
    ).rejects.toThrow('no');
    await cache.lease('a', make('a', 10));
    expect(log).toEqual(['+a']);
  });

  it('is emptied of what nobody holds', async () => {
    const { log, make } = workshop();
    const cache = new ProgramCache(50);
    await (await cache.lease('a', make('a', 10))).release();
    await cache.clear();
    expect(log).toEqual(['+a', '-a']);
  });
});
