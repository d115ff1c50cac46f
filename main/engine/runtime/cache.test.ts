import { describe, expect, it } from 'vitest';
import { Leases, ProgramCache, type Draft } from './cache.ts';
import { float32 } from '../graph/tensor.ts';
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

  it('gives back what was leased together when one of them fails', async () => {
    const { log, make } = workshop();
    const cache = new ProgramCache(50);
    const failing = Leases.for(cache, async (leases) => {
      await leases.program('a', make('a', 10));
      return leases.program('b', () => ({ bytes: 10, compile: () => Promise.reject(new Error('no')) }));
    });
    await expect(failing).rejects.toThrow('no');
    await cache.clear();
    expect(log).toEqual(['+a', '-a']);
  });
});

/** A program whose runs end when they are told to. */
function slow() {
  const log: string[] = [];
  const ends: (() => void)[] = [];
  const program: Program = {
    outputs: [],
    run: ({ name }) => {
      log.push(`begin ${String(name?.dims[0])}`);
      return new Promise((resolve) => ends.push(() => resolve({})));
    },
    dispose: () => Promise.resolve(void log.push('disposed')),
  };
  const draft = (): Draft => ({ bytes: 10, compile: () => Promise.resolve(program) });
  return { log, ends, draft };
}

const feeds = (number: number) => ({ name: float32(new Float32Array(number), [number]) });
const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('the runs of a program', () => {
  it('follow one another, whichever lease they come from, and it is disposed of behind them', async () => {
    const { log, ends, draft } = slow();
    const cache = new ProgramCache(0);
    const [one, two] = [await cache.lease('a', draft), await cache.lease('a', draft)];
    const runs = [one.program.run(feeds(1)), two.program.run(feeds(2))];
    const released = Promise.all([one.release(), two.release()]);
    await soon();
    expect(log).toEqual(['begin 1']);
    ends[0]?.();
    await soon();
    expect(log).toEqual(['begin 1', 'begin 2']);
    ends[1]?.();
    await Promise.all([...runs, released]);
    expect(log).toEqual(['begin 1', 'begin 2', 'disposed']);
  });

  it('do not begin for a job that has been cancelled meanwhile; those of others do', async () => {
    const { log, ends, draft } = slow();
    const cache = new ProgramCache(0);
    const cancellation = new AbortController();
    const own = cache.until(cancellation.signal);
    const [one, two] = [await own.lease('a', draft), await cache.lease('a', draft)];
    const first = one.program.run(feeds(1));
    const second = expect(one.program.run(feeds(2))).rejects.toMatchObject({ code: 'job/cancelled' });
    const third = two.program.run(feeds(3));
    await soon();
    cancellation.abort();
    ends[0]?.();
    await Promise.all([first, second, soon()]);
    ends[1]?.();
    await third;
    expect(log).toEqual(['begin 1', 'begin 3']);
    await expect(own.lease('b', draft)).rejects.toMatchObject({ code: 'job/cancelled' });
    await Promise.all([one.release(), two.release()]);
    expect(log.at(-1)).toBe('disposed');
  });
});
