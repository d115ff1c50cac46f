import { describe, expect, it, vi } from 'vitest';
import type { Port } from '../../shared/rpc/wire.ts';
import type { Connection } from './host.ts';
import { LastingPort, Locked } from './lasting-port.ts';

/** A port whose other side the test plays. */
function fakePort() {
  const closes: ((reason: Error) => void)[] = [];
  const messages: ((message: unknown) => void)[] = [];
  const posted: unknown[] = [];
  const port: Port = {
    post: (message) => void posted.push(message),
    onMessage: (handler) => void messages.push(handler),
    onClose: (handler) => void closes.push(handler),
  };
  return {
    port,
    posted,
    say: (message: unknown) => messages.forEach((handler) => handler(message)),
    close: () => closes.forEach((handler) => handler(new Error('gone'))),
  };
}

describe('a port that dials again', () => {
  it('tells each change, passes messages of every other side on, and refuses to post in between', async () => {
    const [first, second] = [fakePort(), fakePort()];
    const dials = [first, second];
    let goOn: () => void = () => undefined;
    const waits: number[] = [];
    const lasting = new LastingPort(
      () => Promise.resolve(dials.shift()?.port ?? fakePort().port),
      (ms) => {
        waits.push(ms);
        return new Promise((resolve) => (goOn = resolve));
      },
    );
    const seen: Connection[] = [];
    const heard: unknown[] = [];
    const reasons: string[] = [];
    lasting.onConnection((connection) => seen.push(connection));
    lasting.onMessage((message) => heard.push(message));
    lasting.onClose(({ message }) => reasons.push(message));

    expect(() => lasting.post('early')).toThrow(expect.objectContaining({ code: 'engine/crashed' }));
    await vi.waitFor(() => expect(seen).toEqual(['connecting', 'open']));
    lasting.post('hello');
    first.say('from the first');
    first.close();
    await vi.waitFor(() => expect(seen.at(-1)).toBe('lost'));
    expect(() => lasting.post('late')).toThrow(expect.objectContaining({ code: 'engine/crashed' }));
    goOn();
    await vi.waitFor(() => expect(seen.at(-1)).toBe('open'));
    second.say('from the second');
    expect(first.posted).toEqual(['hello']);
    expect(heard).toEqual(['from the first', 'from the second']);
    expect(reasons).toEqual(['gone']);
    expect(waits).toHaveLength(1);
  });

  it('waits longer after each dial that fails, up to an end', async () => {
    const waits: number[] = [];
    new LastingPort(
      () => Promise.reject(new Error('refused')),
      (ms) => (waits.push(ms), waits.length < 8 ? Promise.resolve() : new Promise(() => undefined)),
    );
    await vi.waitFor(() => expect(waits).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000, 4000]));
  });

  it('does not dial again once it is locked', async () => {
    const dial = vi.fn(() => Promise.reject(new Locked()));
    const lasting = new LastingPort(dial, () => Promise.resolve());
    const seen: Connection[] = [];
    lasting.onConnection((connection) => seen.push(connection));
    await vi.waitFor(() => expect(seen).toEqual(['connecting', 'locked']));
    expect(dial).toHaveBeenCalledTimes(1);
  });
});
