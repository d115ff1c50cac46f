/** What resuming a job does, in words: it depends on what its kind keeps. */
import { join } from 'node:path';
import type { JobMethod } from '../../../shared/studio/jobs.ts';
import { readCheckpointHeader } from './checkpoint-header.ts';
import { RUN, type RunRecord } from './run-record.ts';
import { startOf } from './order-dream.ts';

const ANEW = 'Resume begins it anew.';

const FROM_CHECKPOINT = 'Resume goes on from its last checkpoint.';

const PROMISES: Readonly<Record<JobMethod, string>> = {
  dream: FROM_CHECKPOINT,
  visualize: FROM_CHECKPOINT,
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
  if (order.method !== 'dream' && order.method !== 'visualize') return promiseOf(record);
  const start = order.method === 'dream' ? await startOf(record, folder) : await checkpointIn(folder);
  if (start === null || progress === null) return ANEW;
  return `Resume goes on after step ${start.step} of ${progress.of}.`;
}

const checkpointIn = async (folder: string): Promise<{ step: number } | null> =>
  (await readCheckpointHeader(join(folder, RUN.checkpoint))) ?? null;
