/** Starts a run on the engine, whatever its method. */
import type { PictureResult } from '../../../shared/contract/result.ts';
import type { EngineApi } from '../../../shared/contract.ts';
import type { JobEvent, Preview } from '../../../shared/jobs.ts';
import type { RunRecord } from '../run-record.ts';
import { dreamRequest } from './dream.ts';

/** The streams of the engine that make a job. */
export type JobEngine = Pick<EngineApi, 'dream'>;

/** Where a run keeps its files, and how its windows look on. */
export interface Place {
  folder: string;
  preview: Preview;
}

/** The events of a run, which begin once they are pulled. @throws ReverieError for files that are gone */
export async function begin(
  run: RunRecord,
  place: Place,
  engine: JobEngine,
): Promise<AsyncIterable<JobEvent<PictureResult>>> {
  const { order } = run;
  switch (order.method) {
    case 'dream':
      return engine.dream(await dreamRequest(order, run, place));
  }
}
