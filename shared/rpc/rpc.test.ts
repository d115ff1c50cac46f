import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { setImmediate as tick } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReverieError, plainError } from '../errors.ts';
import { number, text } from '../schema.ts';
import { connect } from './connect.ts';
import { takes, takesNothing, type ClientOf } from './contract.ts';
import { serve, type Handlers } from './serve.ts';
import type { Port } from './wire.ts';

const contract = {
  calls: {
    double: takes(number).gives<number>(),
    refuse: takes(text).gives<never>(),
    fail: takesNothing.gives<never>(),
    unsendable: takesNothing.gives<unknown>(),
    wait: takesNothing.gives<never>(),
  },
  streams: {
    count: takes(number).gives<number>(),
    failAt: takes(number).gives<number>(),
    slow: takesNothing.gives<string>(),
  },
};

/** What the source has done, in order. */
let log: string[];
let channel: MessageChannel;
let api: ClientOf<typeof contract>;
let server: Port & { closeNow(): void };

const handlers: Handlers = {
  calls: {
    double: (n) => Promise.resolve(Number(n) * 2),
    refuse: (text) => {
      throw new ReverieError('usage/option', String(text));
    },
    fail: () => {
      const driver = new Error('The driver was reset.', { cause: new Error('EIO', { cause: 'text' }) });
      const details = { cause: 'fault', exitCode: null, sizes: [1, { deep: undefined }] };
      throw new ReverieError('engine/crashed', 'It ended.', details, { cause: driver });
    },
    unsendable: () => Promise.resolve(() => 1),
    wait: () => new Promise(() => undefined),
  },
  streams: {
    async *count(to) {
      try {
        for (let i = 1; i <= Number(to); i++) {
          log.push(`made ${i}`);
          yield i;
        }
      } finally {
        await tick();
        log.push('cleaned up');
      }
    },
    async *failAt(n) {
      for (let i = 1; ; i++) {
        await tick();
        if (i === n) throw new ReverieError('model/missing', `gone at ${i}`);
        yield i;
      }
    },
    async *slow(_, signal) {
      yield 'first';
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () =>
          reject(new ReverieError('job/cancelled', 'left within a step')),
        );
      });
    },
  },
};

/** A port whose end can be declared gone, as when a process dies. */
function portOf(port: MessageChannel['port1']): Port & { closeNow(): void } {
  const closers: ((reason: Error) => void)[] = [];
  let closed = false;
  return {
    post(message) {
      if (closed) throw new ReverieError('engine/crashed', 'posted to a closed port');
      port.postMessage(message);
    },
    onMessage: (handler) => void port.on('message', handler),
    onClose: (handler) => void closers.push(handler),
    closeNow() {
      closed = true;
      for (const handler of closers) handler(new ReverieError('engine/crashed', 'the other side has gone'));
    },
  };
}

let client: Port & { closeNow(): void };
beforeEach(() => {
  log = [];
  channel = new MessageChannel();
  server = portOf(channel.port1);
  client = portOf(channel.port2);
  serve(handlers, server);
  api = connect(client, contract);
});
afterEach(() => {
  channel.port1.close();
  channel.port2.close();
});

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of stream) values.push(value);
  return values;
}

describe('calls', () => {
  it('answer, each its own', async () => {
    expect(await Promise.all([api.double(1), api.double(20), api.double(3)])).toEqual([2, 40, 6]);
  });

  it('reject with the code, message and stack of the other side', async () => {
    await expect(api.refuse('not this')).rejects.toMatchObject({
      code: 'usage/option',
      message: 'not this',
      stack: expect.stringContaining('rpc.test.ts') as string,
    });
  });

  it('reject with the details, and with what caused the failure, whatever they hold', async () => {
    await expect(api.fail()).rejects.toMatchObject({
      code: 'engine/crashed',
      details: {
        cause: 'fault',
        exitCode: null,
        sizes: [1, { deep: 'undefined' }],
        because: ['The driver was reset.', 'EIO', '"text"'],
      },
    });
  });

  it('tell an outside client the code and the sentence alone', async () => {
    const { port1, port2 } = new MessageChannel();
    const told: unknown[] = [];
    serve(handlers, portOf(port1), (error, name) => {
      told.push(name);
      return plainError(error);
    });
    const outside = connect(portOf(port2), contract);
    const failure: unknown = await outside.fail().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'engine/crashed', message: 'It ended.', details: {} });
    await expect(collect(outside.failAt(1))).rejects.toMatchObject({ code: 'model/missing', details: {} });
    expect(told).toEqual(['fail', 'failAt']);
    port1.close();
  });

  it('reject when the answer cannot be carried', async () => {
    await expect(api.unsendable()).rejects.toMatchObject({ code: 'internal' });
  });

  it.each(['nothing', 'toString', '__proto__', 'count', 7, undefined])(
    'named %s are refused: only the table can be reached',
    async (name) => {
      const reply = once(channel.port2, 'message');
      channel.port2.postMessage({ id: 99, type: 'call', name });
      expect(await reply).toMatchObject([{ id: 99, type: 'error', error: { code: 'internal' } }]);
    },
  );

  it('ignore messages that are none of theirs', async () => {
    for (const junk of [
      null,
      7,
      'pull',
      {},
      { id: 1 },
      { id: 'x', type: 'call' },
      { id: 1, type: 'other' },
    ]) {
      channel.port1.postMessage(junk);
      channel.port2.postMessage(junk);
    }
    expect(await api.double(2)).toBe(4);
  });
});

describe('streams', () => {
  it('give their values and end', async () => {
    expect(await collect(api.count(3))).toEqual([1, 2, 3]);
    expect(log.at(-1)).toBe('cleaned up');
  });

  it('start at the first pull, and make one value per pull: not pulling pauses the source', async () => {
    const stream = api.count(100)[Symbol.asyncIterator]();
    await api.double(0);
    expect(log).toEqual([]);
    await stream.next();
    await api.double(0);
    await api.double(0);
    expect(log).toEqual(['made 1']);
    await stream.next();
    expect(log).toEqual(['made 1', 'made 2']);
  });

  it('keep the order of pulls that do not wait for each other, and end each of them', async () => {
    const stream = api.count(2)[Symbol.asyncIterator]();
    const results = await Promise.all([stream.next(), stream.next(), stream.next(), stream.next()]);
    expect(results.map(({ value }) => value as unknown)).toEqual([1, 2, undefined, undefined]);
    expect(results.map(({ done }) => done)).toEqual([false, false, true, true]);
  });

  it('are cancelled by leaving, which waits for the clean-up', async () => {
    for await (const value of api.count(100)) if (value === 2) break;
    expect(log).toEqual(['made 1', 'made 2', 'cleaned up']);
  });

  it('never start when they are left before the first pull', async () => {
    const stream = api.count(5)[Symbol.asyncIterator]();
    await stream.return?.();
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    await api.double(0);
    expect(log).toEqual([]);
  });

  it('tell the source within a step that the reader has left', async () => {
    const stream = api.slow()[Symbol.asyncIterator]();
    await stream.next();
    const pending = stream.next();
    const left = stream.return?.();
    await expect(pending).rejects.toMatchObject({ code: 'job/cancelled' });
    expect(await left).toEqual({ done: true, value: undefined });
  });

  it('reject the pull that fails, once', async () => {
    const stream = api.failAt(2)[Symbol.asyncIterator]();
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    await expect(stream.next()).rejects.toMatchObject({ code: 'model/missing', message: 'gone at 2' });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('may run side by side', async () => {
    expect(await Promise.all([collect(api.count(3)), collect(api.count(2))])).toEqual([
      [1, 2, 3],
      [1, 2],
    ]);
  });
});

describe('a closed port', () => {
  it('cancels the streams at their source', async () => {
    const stream = api.count(100)[Symbol.asyncIterator]();
    await stream.next();
    server.closeNow();
    await vi.waitFor(() => expect(log).toEqual(['made 1', 'cleaned up']));
  });

  it('rejects calls and pulls under way, and the next pull of a paused stream', async () => {
    const paused = api.count(9)[Symbol.asyncIterator]();
    await paused.next();
    const pulled = api.slow()[Symbol.asyncIterator]();
    await pulled.next();
    const waiting = [api.wait(), pulled.next()];
    client.closeNow();
    for (const work of waiting)
      await expect(work).rejects.toMatchObject({ message: 'the other side has gone' });
    await expect(paused.next()).rejects.toMatchObject({ message: 'the other side has gone' });
    await expect(api.double(1)).rejects.toMatchObject({ code: 'engine/crashed' });
  });

  it('lets a reader leave', async () => {
    const stream = api.count(9)[Symbol.asyncIterator]();
    await stream.next();
    client.closeNow();
    expect(await stream.return?.()).toEqual({ done: true, value: undefined });
  });
});
