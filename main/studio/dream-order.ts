/** From what a window asks for to what the engine is asked for: ids become files that the run keeps. */
import { join } from 'node:path';
import { ReverieError } from '../../shared/errors.ts';
import type { Preview } from '../../shared/jobs.ts';
import type { Recipe } from '../../shared/recipes/recipe.ts';
import type { DreamRequest, StartingPoint } from '../../shared/contract/dream.ts';
import type { DreamOrder } from '../../shared/studio/jobs.ts';
import { readCheckpointHeader } from './checkpoint-header.ts';
import type { Gallery } from './gallery.ts';
import { inputPath, keepInputs, linkOrCopy } from './run-inputs.ts';
import { RUN, frameName, type RunRecord } from './run-record.ts';
import type { RunStore } from './run-store.ts';

/** The settings that name pictures. */
const PICTURES = ['guide', 'mask'] as const;

/** A crash costs at most so much work, in ms. */
const CHECKPOINT_EVERY = 1000;

export interface NewRun {
  id: string;
  order: DreamOrder;
  repeats: Recipe | null;
  rank: number;
}

/**
 * A queued run with its files in its folder.
 * @throws ReverieError image/missing, job/unknown, job/state
 */
export async function prepareRun(
  { id, order, repeats, rank }: NewRun,
  { gallery, runs }: { gallery: Gallery; runs: RunStore },
): Promise<RunRecord> {
  const parent = order.branch === null ? null : runs.get(order.branch.job);
  const settled = parent === null ? order : { ...order, picture: parent.order.picture };
  const start = parent === null ? null : branchPoint(parent, order);
  const folder = runs.folder(id);
  const inputs = await keepInputs(folder, inputFiles(settled, parent, { gallery, runs }));
  if (parent !== null && start !== null && order.branch !== null) {
    const frame = join(runs.folder(parent.id), RUN.frames, frameName(order.branch.step));
    await linkOrCopy(frame, join(folder, start.picture));
  }
  return {
    id,
    state: 'queued',
    order: settled,
    created: Date.now(),
    rank,
    inputs,
    start,
    repeats,
    progress: null,
    device: null,
    runtime: null,
    width: null,
    height: null,
    notes: [],
    frames: start === null ? null : { first: start.step, last: start.step },
    result: null,
    error: null,
    curve: [],
  };
}

/** What the engine is asked for: from the latest checkpoint, else from where a branch begins, else from the picture. */
export async function requestFor(run: RunRecord, folder: string, preview: Preview): Promise<DreamRequest> {
  const { model, runtime, device, settings } = run.order;
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

function inputFiles(
  { picture, settings }: DreamOrder,
  parent: RunRecord | null,
  { gallery, runs }: { gallery: Gallery; runs: RunStore },
): Record<string, string> {
  const inherited = (key: string): string | undefined => {
    const name = parent?.inputs[key];
    return parent === null || name === undefined ? undefined : inputPath(runs.folder(parent.id), key, name);
  };
  const files: Record<string, string> = { source: inherited('source') ?? gallery.path(picture) };
  for (const key of PICTURES) {
    const id = settings[key];
    if (id === null) continue;
    const same = parent?.order.settings[key] === id;
    files[key] = (same ? inherited(key) : undefined) ?? gallery.path(id);
  }
  return files;
}

/** Steps are counted over the whole job, so a branch with another number of steps in each octave counts them anew. */
function branchPoint(parent: RunRecord, { branch, settings }: DreamOrder): StartingPoint {
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
