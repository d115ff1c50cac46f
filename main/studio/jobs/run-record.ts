/** A job as it lies on disk: `runs/<id>/job.json`, beside its checkpoint, its film strip and the files it works from. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { knownSettings, parseRecipe, type Recipe } from '../../../shared/recipes/recipe.ts';
import type { StartingPoint } from '../../../shared/methods/request.ts';
import { isPlainName, isRecord } from '../../../shared/schema.ts';
import {
  parseOrder,
  type CurvePoint,
  type Job,
  type JobState,
  type Order,
  type Progress,
} from '../../../shared/studio/jobs.ts';
import type { Stage } from '../../../shared/jobs.ts';
import { errorData } from '../../../shared/errors.ts';
import { isJobMethod, methods } from '../../../shared/methods/registry.ts';
import { execution } from '../../../shared/recipes/common.ts';
import { knownEntries, leftOut, upgraded, type Entries, type StoredFormat } from '../../../shared/stored.ts';
import { readJson } from '../../files/json-file.ts';

export const RUN_RECORD: StoredFormat = {
  name: 'The record of the job',
  key: 'format',
  current: 1,
  steps: {},
};

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
  return { [RUN_RECORD.key]: RUN_RECORD.current, ...record, curve };
}

/** A folder of a job that cannot be read: it is left as it is. */
export interface UnreadableRun {
  readonly id: string;
  /** A sentence. */
  readonly why: string;
}

/** Every run, oldest first, and the folders that hold none that can be read, as of a later version. */
export async function readRuns(
  folder: string,
): Promise<{ records: RunRecord[]; unreadable: UnreadableRun[] }> {
  const entries = await readdir(folder, { withFileTypes: true });
  const ids = entries
    .filter((entry) => entry.isDirectory() && isPlainName(entry.name))
    .map(({ name }) => name);
  const unreadable: UnreadableRun[] = [];
  const read = async (id: string): Promise<RunRecord[]> => {
    try {
      return [await readRun(folder, id)];
    } catch (error) {
      unreadable.push({ id, why: errorData(error).message });
      return [];
    }
  };
  const records = await Promise.all(ids.map(read));
  return { records: records.flat().sort((a, b) => a.created - b.created), unreadable };
}

/** @throws Error with a sentence */
async function readRun(folder: string, id: string): Promise<RunRecord> {
  const stored = await readJson(join(folder, id, RUN.record));
  if (!isRecord(stored))
    throw new Error(stored === undefined ? 'It has no record.' : `${RUN_RECORD.name} is damaged.`);
  const entries = upgraded(RUN_RECORD, stored, (sentence) => new Error(sentence));
  if (entries['id'] !== id) throw new Error('Its record is that of another job.');
  return parseRun(id, entries);
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

/** What this version does not know is left out, and told in the notes. @throws Error with a sentence */
function parseRun(id: string, stored: Entries): RunRecord {
  const state = STATES.find((known) => known === stored['state']);
  const { inputs, start, repeats, error, frames, progress, notes } = stored;
  if (state === undefined || !isRecord(inputs))
    throw new Error('The record of the job has no state that is known.');
  const { order, unknown } = readOrder(stored['order']);
  const record: RunRecord = {
    id,
    state,
    order,
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
  const others = Object.keys(stored).filter((key) => key !== RUN_RECORD.key && !Object.hasOwn(record, key));
  return {
    ...record,
    notes: [...record.notes, ...leftOut('The record of the job', [...others, ...unknown])],
  };
}

/** Of an order, beside what computes it. */
const ORDER: readonly string[] = [
  'method',
  'picture',
  'settings',
  'branch',
  'repeats',
] satisfies (keyof Order)[];

/** An order, and the names of entries and settings that are not known any more, or not yet. @throws usage/option */
function readOrder(stored: unknown): { order: Order; unknown: readonly string[] } {
  if (!isRecord(stored) || !isJobMethod(stored['method'])) return { order: parseOrder(stored), unknown: [] };
  const entries = knownEntries(stored, (key) => ORDER.includes(key) || Object.hasOwn(execution, key));
  const settings = knownSettings(methods[stored['method']].settings, stored['settings']);
  return {
    order: parseOrder({ ...entries.known, settings: settings.known }),
    unknown: [...entries.unknown, ...settings.unknown],
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
  if (!Array.isArray(value)) throw new Error('The record of the job has a curve that is none.');
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
  throw new Error('The record of the job has something else where a number belongs.');
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Error('The record of the job has something else where a text belongs.');
}
