import { describe, expect, it } from 'vitest';
import { relay, until } from './relay.ts';

async function* count(to: number, log: string[] = []): AsyncGenerator<number, void, undefined> {
  try {
    for (let i = 1; i <= to; i++) yield await Promise.resolve(i);
  } finally {
    log.push('source closed');
  }
}

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of stream) values.push(value);
  return values;
}

/** Gives one value, and then nothing until it is left. */
function silent(log: string[]): AsyncIterable<number> {
  let given = false;
  let wake: (() => void) | undefined;
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        if (!given) {
          given = true;
          return { done: false, value: 1 };
        }
        await new Promise<void>((resolve) => (wake = resolve));
        return { done: true, value: undefined };
      },
      return() {
        log.push('left');
        wake?.();
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
}

describe('a relay', () => {
  it('passes values on, changes them, passes over some, and says once that it has ended', async () => {
    const log: string[] = [];
    const stream = relay(() => count(4, log), {
      each: (value) => (value % 2 === 0 ? `${value}` : undefined),
      ended: () => void log.push('ended'),
    });
    expect(await all(stream)).toEqual(['2', '4']);
    expect((await stream.next()).done).toBe(true);
    expect(log).toEqual(['source closed', 'ended']);
  });

  it('opens its source at the first pull alone', async () => {
    let opened = 0;
    const stream = relay(() => {
      opened++;
      return count(1);
    });
    expect(opened).toBe(0);
    await stream.return?.();
    expect((await stream.next()).done).toBe(true);
    expect(opened).toBe(0);
  });

  it('hands leaving on while a value is waited for', async () => {
    const log: string[] = [];
    const stream = relay(() => silent(log), { ended: () => void log.push('ended') });
    await stream.next();
    const waiting = stream.next();
    await stream.return?.();
    expect(log).toEqual(['left', 'ended']);
    expect((await waiting).done).toBe(true);
  });

  it('leaves a source that was still being opened', async () => {
    const log: string[] = [];
    let ready: (source: AsyncIterable<number>) => void = () => undefined;
    const stream = relay(() => new Promise<AsyncIterable<number>>((resolve) => (ready = resolve)));
    const waiting = stream.next();
    await stream.return?.();
    ready(silent(log));
    expect((await waiting).done).toBe(true);
    expect(log).toEqual(['left']);
  });

  it('goes on with another source after a failure, or lets the failure through', async () => {
    async function* failing(): AsyncGenerator<number> {
      yield await Promise.resolve(7);
      throw new Error('broken');
    }
    let chances = 1;
    const recover = () => Promise.resolve(chances-- > 0 ? count(2) : undefined);
    expect(await all(relay(failing, { recover }))).toEqual([7, 1, 2]);
    await expect(all(relay(failing, { recover }))).rejects.toThrow('broken');
  });
});

describe('a stream until a signal', () => {
  it('is left at once, also while a value is waited for, and says nothing of what comes after', async () => {
    const [log, leave] = [new Array<string>(), new AbortController()];
    const values = until(silent(log), leave.signal);
    expect(await values.next()).toEqual({ done: false, value: 1 });
    const waiting = values.next();
    leave.abort();
    expect(log).toEqual(['left']);
    expect((await waiting).done).toBe(true);
  });

  it('gives no value that came too late, and lets no failure through that did', async () => {
    async function* late(leave: AbortController, fails: boolean): AsyncGenerator<number> {
      yield 1;
      leave.abort();
      if (fails) throw new Error('too late');
      yield await Promise.resolve(2);
    }
    for (const fails of [false, true]) {
      const leave = new AbortController();
      expect(await all(until(late(leave, fails), leave.signal))).toEqual([1]);
    }
  });

  it('is not opened at all when the signal has been aborted', async () => {
    const log: string[] = [];
    expect(await all(until(count(3, log), AbortSignal.abort()))).toEqual([]);
    expect(log).toEqual([]);
  });
});
