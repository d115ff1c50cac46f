/** What the engine is asked for by an order for a visualisation: every step is kept, as the film of how it grew. */
import { join } from 'node:path';
import type { VisualizeRequest } from '../../../shared/contract/visualize.ts';
import type { Order } from '../../../shared/studio/jobs.ts';
import { RUN, type RunRecord } from '../run-record.ts';
import type { Place } from './begin.ts';

export function visualizeRequest(
  { model, runtime, device, settings }: Order<'visualize'>,
  { repeats }: RunRecord,
  { folder, preview }: Place,
): VisualizeRequest {
  return {
    settings,
    out: join(folder, RUN.result),
    separate: false,
    film: { folder: join(folder, RUN.frames), steps: 'all' },
    preview,
    repeats,
    model,
    runtime,
    device,
  };
}
