/** What a job that can be resumed leaves on disk while it runs. */
import { milliseconds, record, text } from './check.ts';

/**
 * A file that always holds a whole state to go on from, exact to the bit, rewritten at most every so many milliseconds, and rarer where
 * that takes more than a tenth of the time; 0 for after each step.
 */
export interface Checkpointing {
  path: string;
  everyMs: number;
}

/** @throws usage/option */
export function parseCheckpointing(value: unknown): Checkpointing {
  const { path, everyMs } = record(value, 'checkpoint');
  return { path: text(path, 'checkpoint.path'), everyMs: milliseconds(everyMs, 'checkpoint.everyMs') };
}
