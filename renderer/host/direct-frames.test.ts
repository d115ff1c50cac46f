import { describe, expect, it, vi } from 'vitest';
import { ReverieError } from '../../shared/errors.ts';
import { frameContract, type LiveFrame } from '../../shared/live-frames.ts';
import { messagePort } from '../../shared/rpc/message-port.ts';
import { handlersOf } from '../../shared/rpc/contract.ts';
import { serve } from '../../shared/rpc/serve.ts';
import { directFrames } from './direct-frames.ts';

/** An engine's end of a channel, and the page's end as it is dialled. */
function engine(frames: (channel: string, signal?: AbortSignal) => AsyncIterable<LiveFrame>) {
  const { port1, port2 } = new MessageChannel();
  const service = {
    frames: ({ channel }: { channel: string }, signal?: AbortSignal) => frames(channel, signal),
  };
  serve(handlersOf<typeof frameContract>(frameContract, service), messagePort(port1));
  const close = vi.fn(() => port2.close());
  const dial = vi.fn(() => Promise.resolve({ port: messagePort(port2), close }));
  return { dial, close };
}

const frame = (step: number): LiveFrame => ({ step, width: 1, height: 1, rgba: new Uint8Array(4) });

describe('frames straight from the engine', () => {
  it('come in order, and give the port back at their end', async () => {
    const channels: string[] = [];
    const { dial, close } = engine(async function* (channel) {
      channels.push(channel);
      yield frame(1);
      yield await Promise.resolve(frame(2));
    });
    const steps = [];
    for await (const { step } of directFrames('job', dial)) steps.push(step);
    expect([steps, channels]).toEqual([[1, 2], ['job']]);
    expect(close).toHaveBeenCalled();
  });

  it('are left while the next one is waited for', async () => {
    let left = false;
    const { dial, close } = engine(async function* (_channel, signal) {
      yield frame(1);
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      left = true;
    });
    const frames = directFrames('job', dial);
    await frames.next();
    const waiting = frames.next();
    await frames.return?.();
    expect((await waiting).done).toBe(true);
    expect(left).toBe(true);
    expect(close).toHaveBeenCalled();
  });

  it('go on over another port when the engine has ended and its job goes on', async () => {
    const next = engine(async function* () {
      yield await Promise.resolve(frame(7));
    });
    let handlers: ((reason: Error) => void)[] = [];
    const broken = {
      port: {
        post: () => handlers.forEach((handler) => handler(new ReverieError('engine/crashed', 'Gone.'))),
        onMessage: () => undefined,
        onClose: (handler: (reason: Error) => void) => void (handlers = [...handlers, handler]),
      },
      close: vi.fn(),
    };
    const dial = vi.fn(next.dial).mockResolvedValueOnce(broken);
    const steps = [];
    for await (const { step } of directFrames('job', dial)) steps.push(step);
    expect(steps).toEqual([7]);
    expect(dial).toHaveBeenCalledTimes(2);
    expect(broken.close).toHaveBeenCalledOnce();
  });

  it('that nobody pulled ask for no port', async () => {
    const { dial } = engine(async function* () {
      yield await Promise.resolve(frame(1));
    });
    expect(await directFrames('job', dial).return?.()).toEqual({ done: true, value: undefined });
    expect(dial).not.toHaveBeenCalled();
  });
});
