/** A dream that begins where a step of another one ended. */
import { join } from 'node:path';
import { ReverieError } from '../../../shared/errors.ts';
import type { StartingPoint } from '../../../shared/methods/request.ts';
import type { Order } from '../../../shared/studio/jobs.ts';
import { RUN, frameName, type RunRecord } from './run-record.ts';

/** Steps are counted over the whole job, so a branch with another number of steps in each octave counts them anew. */
export function branchPoint(parent: RunRecord, order: Order): StartingPoint {
  if (order.method !== 'dream' || parent.order.method !== 'dream')
    throw new ReverieError('job/state', 'Only a dream can go on from a step of another dream.');
  const { branch, settings } = order;
  const step = branch?.step ?? 0;
  const { frames, start, curve } = parent;
  const octave =
    curve.find((point) => point.step === step)?.octave ?? (start?.step === step ? start.octave : undefined);
  if (octave === undefined || frames === null || step < frames.first || step > frames.last) {
    const range = frames === null ? 'none yet' : `steps ${frames.first} to ${frames.last}`;
    throw new ReverieError('job/state', `There is no step ${step} to branch from; this job has ${range}.`);
  }
  const before = octave - 1;
  const inOctave = Math.min(step - before * parent.order.settings.steps, settings.steps);
  const counted = before * settings.steps + inOctave;
  return { octave, step: counted, picture: join(RUN.frames, frameName(counted)) };
}
