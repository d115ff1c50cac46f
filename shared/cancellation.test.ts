import { describe, expect, it } from 'vitest';
import { throwIfCancelled, unlessCancelled } from './cancellation.ts';

const never = new Promise<never>(() => undefined);
const cancelled = { code: 'job/cancelled' };

describe('work for a job', () => {
  it('gives its value, or its failure, as long as the job is not cancelled', async () => {
    const { signal } = new AbortController();
    expect(await unlessCancelled(Promise.resolve(3), signal)).toBe(3);
    expect(await unlessCancelled(Promise.resolve(3), undefined)).toBe(3);
    await expect(unlessCancelled(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
    expect(() => throwIfCancelled(signal)).not.toThrow();
  });

  it('is left at once when the job is cancelled, and fails unheard then', async () => {
    const controller = new AbortController();
    let fail = (_: Error): void => undefined;
    const work = new Promise<void>((_, reject) => (fail = reject));
    const left = unlessCancelled(work, controller.signal);
    controller.abort();
    await expect(left).rejects.toMatchObject(cancelled);
    fail(new Error('too late'));
    await expect(unlessCancelled(never, controller.signal)).rejects.toMatchObject(cancelled);
    await expect(unlessCancelled(Promise.resolve(3), controller.signal)).rejects.toMatchObject(cancelled);
    expect(() => throwIfCancelled(controller.signal)).toThrow('cancelled');
  });
});
