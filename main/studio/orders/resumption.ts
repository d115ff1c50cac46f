/** What resuming a job does, in words: it depends on what its kind keeps. */
import type { JobMethod } from '../../../shared/studio/jobs.ts';
import type { RunRecord } from '../run-record.ts';
import { startOf } from './dream.ts';

const ANEW = 'Resume begins it anew.';

const PROMISES: Readonly<Record<JobMethod, string>> = {
  dream: 'Resume goes on from its last checkpoint.',
  visualize: ANEW,
  attack: ANEW,
  // What was made of it is kept by the engine.
  atlas: 'Resume goes on where it stopped.',
};

/** As far as it is known before its folder has been looked at. */
export function promiseOf({ order }: RunRecord): string {
  return PROMISES[order.method];
}

/** @param folder of the run */
export async function whereToResume(record: RunRecord, folder: string): Promise<string> {
  const { order, progress } = record;
  if (order.method !== 'dream') return promiseOf(record);
  const start = await startOf(record, folder);
  if (start === null || progress === null) return ANEW;
  return `Resume goes on after step ${start.step} of ${progress.of}.`;
}
