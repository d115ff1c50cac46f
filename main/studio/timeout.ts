/** Waiting that has an end. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves or rejects as some work does, or resolves after `ms` milliseconds, whatever becomes of it then. Keeps no program alive. */
export async function withTimeout(work: Promise<unknown>, ms: number): Promise<void> {
  await Promise.race([work, sleep(ms, undefined, { ref: false })]);
}
