/** What the engine is asked for by an order for a visualisation, which goes on where it was stopped: every step is kept, as the film of how it grew. */
import { join } from 'node:path';
import type { VisualizeRequest } from '../../../shared/contract/visualize.ts';
import type { Order } from '../../../shared/studio/jobs.ts';
import { readCheckpointHeader } from './checkpoint-header.ts';
import { RUN, type RunRecord } from './run-record.ts';
import type { Place } from './begin.ts';

/** A state is three times as large as what is climbed on, in double precision; a crash costs at most so much work, in ms. */
const CHECKPOINT_EVERY = 3000;

export async function visualizeRequest(
  { model, runtime, device, settings }: Order<'visualize'>,
  { repeats }: RunRecord,
  { folder, preview }: Place,
): Promise<VisualizeRequest> {
  const checkpoint = join(folder, RUN.checkpoint);
  const begun = (await readCheckpointHeader(checkpoint)) !== undefined;
  return {
    settings,
    out: join(folder, RUN.result),
    separate: false,
    film: { folder: join(folder, RUN.frames), steps: 'all' },
    preview,
    checkpoint: { path: checkpoint, everyMs: CHECKPOINT_EVERY },
    start: begun ? checkpoint : null,
    repeats,
    model,
    runtime,
    device,
  };
}
