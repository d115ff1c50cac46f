/** Starts a run on the engine, whatever its method. */
import type { AtlasResult } from '../../../shared/contract/atlas.ts';
import type { PictureResult } from '../../../shared/contract/result.ts';
import type { EngineApi } from '../../../shared/contract.ts';
import type { JobEvent, Preview } from '../../../shared/jobs.ts';
import type { JobMethod } from '../../../shared/studio/jobs.ts';
import type { RunRecord } from './run-record.ts';
import { atlasRequest } from './order-atlas.ts';
import { attackRequest } from './order-attack.ts';
import { dreamRequest } from './order-dream.ts';
import { visualizeRequest } from './order-visualize.ts';

/** The streams of the engine that make a job. */
export type JobEngine = Pick<EngineApi, JobMethod>;

/** Where a run keeps its files, and how its windows look on. */
export interface Place {
  folder: string;
  preview: Preview;
}

/** What a job reports at its end, with a picture or without. */
export type JobResult = PictureResult | AtlasResult;

/** The events of a run, which begin once they are pulled. @throws ReverieError for files that are gone */
export async function begin(
  run: RunRecord,
  place: Place,
  engine: JobEngine,
): Promise<AsyncIterable<JobEvent<JobResult>>> {
  const { order } = run;
  switch (order.method) {
    case 'dream':
      return engine.dream(await dreamRequest(order, run, place));
    case 'visualize':
      return engine.visualize(await visualizeRequest(order, run, place));
    case 'attack':
      return engine.attack(attackRequest(order, run, place));
    case 'atlas':
      return engine.atlas(atlasRequest(order, place));
  }
}
