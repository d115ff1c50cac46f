/** Waiting that has an end. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves or rejects as some work does, or resolves after so many ms, whatever becomes of it then. Keeps no program alive. */
export async function withPatience(work: Promise<unknown>, ms: number): Promise<void> {
  await Promise.race([work, sleep(ms, undefined, { ref: false })]);
}
