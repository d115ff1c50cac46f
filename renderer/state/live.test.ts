import { describe, expect, it } from 'vitest';
import type { LiveFrame } from '../../shared/studio/jobs.ts';
import { watchFrames } from './live.ts';

const frame = (step: number): LiveFrame => ({ step, width: 1, height: 1, rgba: new Uint8Array(4) });

describe('the live picture', () => {
  it('pulls a frame only when the one before has been drawn', async () => {
    const order: string[] = [];
    async function* frames(): AsyncGenerator<LiveFrame> {
      for (const step of [1, 2]) {
        order.push(`pulled ${step}`);
        yield await Promise.resolve(frame(step));
      }
    }
    const paint = (): Promise<void> => Promise.resolve(void order.push('paint'));
    await watchFrames(
      frames(),
      ({ step }) => order.push(`drew ${step}`),
      paint,
      new AbortController().signal,
    );
    expect(order).toEqual(['pulled 1', 'paint', 'drew 1', 'pulled 2', 'paint', 'drew 2']);
  });

  it('leaves the stream and draws nothing more once it is not wanted', async () => {
    let left = false;
    const leave = new AbortController();
    async function* frames(): AsyncGenerator<LiveFrame> {
      try {
        for (let step = 1; ; step++) yield await Promise.resolve(frame(step));
      } finally {
        left = true;
      }
    }
    const drawn: number[] = [];
    await watchFrames(
      frames(),
      ({ step }) => {
        drawn.push(step);
        if (step === 3) leave.abort();
      },
      () => Promise.resolve(),
      leave.signal,
    );
    expect(drawn).toEqual([1, 2, 3]);
    await Promise.resolve();
    expect(left).toBe(true);
  });
});
