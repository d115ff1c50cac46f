/** A job as it lies on disk: `runs/<id>/job.json`, beside its checkpoint, its film strip and the files it works from. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRecipe, type Recipe } from '../../../shared/recipes/recipe.ts';
import type { StartingPoint } from '../../../shared/methods/request.ts';
import { isPlainName, isRecord } from '../../../shared/schema.ts';
import {
  parseOrder,
  type CurvePoint,
  type Job,
  type JobState,
  type Progress,
} from '../../../shared/studio/jobs.ts';
import type { Stage } from '../../../shared/jobs.ts';
import { log } from '../../log/log.ts';
import { readJson } from '../../files/json-file.ts';

const FORMAT = 1;

/** Files of a run, relative to its folder. */
export const RUN = {
  record: 'job.json',
  checkpoint: 'checkpoint.bin',
  frames: 'frames',
  strip: 'strip',
  inputs: 'inputs',
  result: 'result.png',
  perturbation: 'perturbation.png',
  views: 'views.png',
  patch: 'patch.png',
  sheet: 'patch-sheet.png',
} as const;

export interface RunRecord extends Omit<Job, 'position'> {
  /** Queued jobs start in ascending order. */
  rank: number;
  /** Names of the files in `inputs/<key>/`: the picture itself, and those that the settings name. */
  inputs: Readonly<Record<string, string>>;
  /** Where a branch begins; `picture` is relative to the run's folder. */
  start: StartingPoint | null;
  repeats: Recipe | null;
  curve: CurvePoint[];
}

export function serialise(record: RunRecord): unknown {
  const curve = record.curve.map(({ step, octave, objective, ms, probability }) => [
    step,
    octave,
    objective,
    ms,
    ...(probability === undefined ? [] : [probability]),
  ]);
  return { format: FORMAT, ...record, curve };
}

/** Every readable run, oldest first. One that cannot be read, as of another version, is left alone and not listed. */
export async function readRuns(folder: string): Promise<RunRecord[]> {
  const names = (await readdir(folder)).filter(isPlainName);
  const records = await Promise.all(names.map((id) => readRun(folder, id)));
  return records.filter((record) => record !== undefined).sort((a, b) => a.created - b.created);
}

async function readRun(folder: string, id: string): Promise<RunRecord | undefined> {
  const stored = await readJson(join(folder, id, RUN.record)).catch(() => undefined);
  if (!isRecord(stored) || stored['format'] !== FORMAT || stored['id'] !== id) return undefined;
  try {
    return parseRun(id, stored);
  } catch (error) {
    log.swallowed('job', `The job ${id} cannot be read and is not listed`, error);
    return undefined;
  }
}

/** The film strip of a run, and everything else of it. */
export async function removeRun(folder: string, id: string): Promise<void> {
  await rm(join(folder, id), { recursive: true, force: true });
}

/** `0001.png`, as the engine names the picture after a step. */
export function frameName(step: number): string {
  return `${String(step).padStart(4, '0')}.png`;
}

const STATES: readonly JobState[] = [
  'queued',
  'running',
  'paused',
  'interrupted',
  'done',
  'failed',
  'cancelled',
];

/** Throws whatever it stumbles on: such a file is not ours, or not whole. */
function parseRun(id: string, stored: Record<string, unknown>): RunRecord {
  const state = STATES.find((known) => known === stored['state']);
  const { inputs, start, repeats, error, frames, progress, notes } = stored;
  if (state === undefined || !isRecord(inputs)) throw new TypeError('not a run');
  return {
    id,
    state,
    order: parseOrder(stored['order']),
    created: number(stored['created']),
    rank: number(stored['rank']),
    inputs: Object.fromEntries(Object.entries(inputs).map(([key, name]) => [key, text(name)])),
    start: isRecord(start)
      ? { octave: number(start['octave']), step: number(start['step']), picture: text(start['picture']) }
      : null,
    repeats: repeats === null || repeats === undefined ? null : parseRecipe(repeats),
    progress: isRecord(progress) ? parseProgress(progress) : null,
    device: nullable(stored['device'], text),
    runtime: nullable(stored['runtime'], text),
    width: nullable(stored['width'], number),
    height: nullable(stored['height'], number),
    notes: Array.isArray(notes) ? notes.map(text) : [],
    frames: isRecord(frames) ? { first: number(frames['first']), last: number(frames['last']) } : null,
    result: nullable(stored['result'], text),
    report: stored['report'] ?? null,
    error: isFailure(error) ? error : null,
    curve: Array.isArray(stored['curve']) ? stored['curve'].map(parsePoint) : [],
  };
}

function parseProgress(stored: Record<string, unknown>): Progress {
  return {
    step: number(stored['step']),
    of: number(stored['of']),
    stage: parseStage(stored['stage'] ?? stored),
    objective: nullable(stored['objective'], number),
    msPerStep: number(stored['msPerStep']),
    secondsLeft: nullable(stored['secondsLeft'], number),
  };
}

/** Earlier versions kept it among the progress itself, also where there was one stage alone. */
function parseStage(stored: unknown): Stage | null {
  if (!isRecord(stored) || typeof stored['octaves'] !== 'number' || stored['octaves'] < 2) return null;
  return {
    octave: number(stored['octave']),
    octaves: number(stored['octaves']),
    width: number(stored['width']),
    height: number(stored['height']),
  };
}

function parsePoint(value: unknown): CurvePoint {
  if (!Array.isArray(value)) throw new TypeError('not a point');
  const [step, octave, objective, ms, probability] = value.map(number);
  return {
    step: step ?? 0,
    octave: octave ?? 0,
    objective: objective ?? 0,
    ms: ms ?? 0,
    ...(probability === undefined ? {} : { probability }),
  };
}

function isFailure(value: unknown): value is NonNullable<Job['error']> {
  return isRecord(value) && typeof value['code'] === 'string' && typeof value['message'] === 'string';
}

function nullable<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === null || value === undefined ? null : read(value);
}

function number(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new TypeError('not a number');
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError('not a text');
}
