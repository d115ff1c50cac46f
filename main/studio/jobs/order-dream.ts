/** What the engine is asked for by an order for a dream, which goes on where it was stopped, or where a branch begins. */
import { join } from 'node:path';
import type { DreamRequest, StartingPoint } from '../../../shared/contract/dream.ts';
import { ReverieError } from '../../../shared/errors.ts';
import type { Order } from '../../../shared/studio/jobs.ts';
import { readCheckpointHeader } from './checkpoint-header.ts';
import { inputPath } from './run-inputs.ts';
import { RUN, frameName, type RunRecord } from './run-record.ts';
import type { Place } from './begin.ts';

/** A crash costs at most so much work, in ms. */
const CHECKPOINT_EVERY = 1000;

/** What the engine is asked for: from the latest checkpoint, else from where a branch begins, else from the picture. */
export async function dreamRequest(
  { model, runtime, device, settings }: Order<'dream'>,
  run: RunRecord,
  { folder, preview }: Place,
): Promise<DreamRequest> {
  const input = (key: string): string | null => {
    const name = run.inputs[key];
    return name === undefined ? null : inputPath(folder, key, name);
  };
  const checkpoint = join(folder, RUN.checkpoint);
  return {
    image: input('source') ?? '',
    settings: { ...settings, guide: input('guide'), mask: input('mask') },
    out: join(folder, RUN.result),
    frames: { folder: join(folder, RUN.frames), scale: 'octave' },
    preview,
    checkpoint: { path: checkpoint, everyMs: CHECKPOINT_EVERY },
    start: await startOf(run, folder),
    smaller: false,
    repeats: run.repeats,
    model,
    runtime,
    device,
  };
}

/** Where a run would go on. */
export async function startOf({ start }: RunRecord, folder: string): Promise<StartingPoint | null> {
  const checkpoint = join(folder, RUN.checkpoint);
  const header = await readCheckpointHeader(checkpoint);
  if (header !== undefined) return { ...header, picture: checkpoint };
  return start === null ? null : { ...start, picture: join(folder, start.picture) };
}

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
