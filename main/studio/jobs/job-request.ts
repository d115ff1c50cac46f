/** From a job's record to what the engine is asked for: its files, and where it goes on. */
import { join } from 'node:path';
import type { JobEvent, Preview } from '../../../shared/jobs.ts';
import { anyMethod, subjectOf, type JobMethod, type Results } from '../../../shared/methods/registry.ts';
import { requestOf, type RequestOf, type StartingPoint } from '../../../shared/methods/request.ts';
import type { EngineApi } from '../../../shared/contract.ts';
import type { QueuedJob } from '../../../shared/methods/method.ts';
import type { Field } from '../../../shared/recipes/kinds.ts';
import { stemForResults } from '../gallery/file-names.ts';
import { readCheckpointHeader } from './checkpoint-header.ts';
import { inputPath } from './run-inputs.ts';
import { RUN, type RunRecord } from './run-record.ts';

/** The streams of the engine that make a job. */
export type JobEngine = Pick<EngineApi, JobMethod>;

/** What a job reports at its end, with a picture or without. */
export type JobResult = Results[JobMethod];

/** Where a run keeps its files, and how its windows look on. */
export interface Place {
  folder: string;
  preview: Preview;
}

/** Starts a run on the engine: its events begin once they are pulled. */
export async function begin(
  run: RunRecord,
  place: Place,
  engine: JobEngine,
): Promise<AsyncIterable<JobEvent<JobResult>>> {
  const { method } = run.order;
  // An order, its request and its stream are of one method.
  const stream = engine[method] as (request: RequestOf<JobMethod>) => AsyncIterable<JobEvent<JobResult>>;
  return stream(await requestFor(run, place));
}

async function requestFor(run: RunRecord, { folder, preview }: Place): Promise<RequestOf<JobMethod>> {
  const { method, model, output = null, runtime, device, settings } = run.order;
  const { inputs, outputs, out, resumes, job } = anyMethod[method];
  const { keeps, preview: own } = job as QueuedJob;
  const input = (key: string): string | undefined => {
    const name = run.inputs[key];
    return name === undefined ? undefined : inputPath(folder, key, name);
  };
  const kept = Object.entries((keeps as (settings: object) => object)(settings)).map(([key, value]) => {
    const isPath = outputs[key]?.kind === 'file';
    return [key, isPath ? join(folder, String(value)) : (value as unknown)];
  });
  return requestOf<JobMethod>(method, {
    ...(Object.fromEntries(kept) as object),
    ...('image' in inputs ? { image: input('source') ?? '' } : {}),
    // Settings that named pictures of the gallery name the files that the run keeps of them.
    settings: Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [key, input(key) ?? (value as unknown)]),
    ),
    out: out.when === 'required' ? join(folder, isFolder(out.field) ? RUN.frames : RUN.result) : null,
    preview: {
      ...preview,
      ...(own === undefined ? {} : { ...own, maxSide: Math.max(preview.maxSide, own.maxSide) }),
    },
    checkpoint:
      resumes.from === 'checkpoint' ? { path: join(folder, RUN.checkpoint), everyMs: resumes.everyMs } : null,
    start: resumes.from === 'checkpoint' ? await startOf(run, folder) : null,
    repeats: run.repeats,
    model,
    output,
    runtime,
    device,
  } as unknown as Parameters<typeof requestOf<JobMethod>>[1]);
}

/** Whether a method's own result is a folder of pictures: then those are the run's steps. */
const isFolder = (out: Field): boolean => out.kind === 'file' && out.accepts === 'folder';

/** Where a run would go on: at its checkpoint, else where a branch begins. */
export async function startOf({ start }: RunRecord, folder: string): Promise<StartingPoint | null> {
  const checkpoint = join(folder, RUN.checkpoint);
  const header = await readCheckpointHeader(checkpoint);
  if (header !== undefined) return { ...header, picture: checkpoint };
  return start === null ? null : { ...start, picture: join(folder, start.picture) };
}

/** What a job's files are called by: what it is about, or its picture. */
export function stemOf({ order, inputs }: RunRecord): string {
  const [subject] = subjectOf(order.method, order.settings);
  return stemForResults(subject === undefined ? (inputs['source'] ?? '') : `${subject}.png`);
}

/** `cat-dream.png` for a dream of `cat.jpg`, `channel-mixed4c-11.png` for a visualisation. */
export function resultName(run: RunRecord): string {
  const { method } = run.order;
  return 'image' in anyMethod[method].inputs ? `${stemOf(run)}-${method}.png` : `${stemOf(run)}.png`;
}
