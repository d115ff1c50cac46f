/**
 * The queue: one job computes at a time, the others wait. Stopping a job, for whatever reason, leaves its state in a checkpoint
 * and gives the engine back, so that a paused job, a crash and a closed program are resumed in one and the same way.
 *
 * Pausing also holds the queue, because who pauses wants the machine back; a new dream, a resumed one or `continueQueue` lets
 * it go on. So does a start of the program with jobs in the queue: nothing computes that nobody asked for.
 */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ReverieError, errorData, plainError, type PlainError } from '../../../shared/errors.ts';
import type { Started, Step } from '../../../shared/jobs.ts';
import type { QueuedJob } from '../../../shared/methods/method.ts';
import { methods } from '../../../shared/methods/registry.ts';
import type { Recipe } from '../../../shared/recipes/recipe.ts';
import type {
  CurvePoint,
  Job,
  JobProgress,
  JobState,
  LiveFrame,
  Order,
  QueueState,
} from '../../../shared/studio/jobs.ts';
import type { StudioSettings } from '../../../shared/studio/settings.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { Pace } from './progress.ts';
import { RUN, type RunRecord } from './run-record.ts';
import type { RunStore } from './run-store.ts';
import { Run, type RunEnd } from './run.ts';
import { tellBegin, tellEnd, tellNote, tellStarted } from './job-log.ts';
import { log } from '../../log/log.ts';
import { prepareRun } from './prepare.ts';
import { begin, resultName, type JobEngine } from './job-request.ts';
import { promiseOf, whereToResume } from './continuation.ts';
import { withoutPaths } from './without-paths.ts';
import { Watched } from '../../../shared/watch.ts';

interface JobsOptions {
  readonly runs: RunStore;
  readonly engine: JobEngine;
  readonly gallery: Gallery;
  readonly settings: () => StudioSettings;
  /** Whether windows get frames from the engine itself. */
  readonly directFrames: boolean;
}

/** Why a running job is being stopped. */
type Intent = 'paused' | 'cancelled' | 'interrupted';

interface Active {
  record: RunRecord;
  live: Watched<LiveFrame | null>;
  pace: Pace;
  run?: Run;
  intent?: Intent;
  ended: Promise<void>;
}

const FINAL: readonly JobState[] = ['done', 'failed', 'cancelled'];
/** The live picture is refreshed at most so often, in ms. */
const PREVIEW_EVERY = 60;
/** How often the record of a running job is written, in ms. */
const SAVE_EVERY = 1000;

export class Jobs {
  readonly queue: Watched<QueueState>;
  /** Of the job that runs: it changes with every step, and the job itself with its state alone. */
  readonly progress = new Watched<JobProgress | null>(null);
  readonly #options: JobsOptions;
  #active: Active | undefined;
  #closed = false;
  #saved = 0;

  constructor(options: JobsOptions) {
    this.#options = options;
    for (const record of options.runs.records) if (record.state === 'running') this.#markInterrupted(record);
    this.queue = new Watched({ held: options.runs.queue.length > 0 });
  }

  async start(order: Order, repeats: Recipe | null): Promise<Job> {
    const { runs, gallery } = this.#options;
    const id = `${new Date().toISOString().slice(0, 10)}-${randomUUID().slice(0, 8)}`;
    try {
      const record = await prepareRun({ id, order, repeats, rank: this.#lastRank() + 1 }, { gallery, runs });
      // Two orders that were prepared at the same time still get ranks in the order of their arrival here.
      await runs.add({ ...record, rank: this.#lastRank() + 1 });
    } catch (error) {
      await rm(runs.folder(id), { recursive: true, force: true });
      throw error;
    }
    runs.touch(id);
    this.continueQueue();
    return this.#view(id);
  }

  async pause(id: string): Promise<Job> {
    const record = this.#require(id, ['running', 'queued', 'paused'], 'be paused');
    if (record.state === 'running') {
      this.queue.set({ held: true });
      await this.#stop('paused');
    } else await this.#set(record, { state: 'paused' });
    return this.#view(id);
  }

  async resume(id: string): Promise<Job> {
    const record = this.#require(id, ['paused', 'interrupted', 'queued', 'running'], 'be resumed');
    if (record.state === 'paused' || record.state === 'interrupted') {
      const first = Math.min(0, ...this.#options.runs.queue.map(({ rank }) => rank)) - 1;
      await this.#set(record, { state: 'queued', rank: first, error: null });
    }
    this.continueQueue();
    return this.#view(id);
  }

  async cancel(id: string): Promise<Job> {
    const record = this.#require(
      id,
      ['running', 'queued', 'paused', 'interrupted', 'cancelled'],
      'be cancelled',
    );
    if (record.state === 'running') await this.#stop('cancelled');
    else {
      await this.#set(record, { state: 'cancelled', error: null });
      await this.#dropCheckpoint(record);
    }
    return this.#view(id);
  }

  async remove(id: string): Promise<void> {
    if (await this.#options.runs.removeUnreadable(id)) return;
    this.#require(id, ['queued', 'paused', 'interrupted', ...FINAL], 'be removed');
    await this.#options.runs.remove(id);
  }

  continueQueue(): void {
    if (this.queue.value.held) this.queue.set({ held: false });
    this.#startNext();
  }

  curve(id: string, after: number): readonly CurvePoint[] {
    return this.#options.runs.get(id).curve.filter(({ step }) => step > after);
  }

  /** The live picture; ends with the run. */
  async *frames(id: string, signal?: AbortSignal): AsyncGenerator<LiveFrame, void, undefined> {
    this.#options.runs.get(id);
    const active = this.#active;
    if (active?.record.id !== id) return;
    for await (const frame of active.live.values(signal)) if (frame !== null) yield frame;
  }

  /** Stops what runs so that it can be resumed after the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#stop('interrupted');
  }

  #view(id: string): Job {
    const job = this.#options.runs.view(id);
    if (job === undefined) throw new ReverieError('job/unknown', `The job "${id}" has been removed.`);
    return job;
  }

  #require(id: string, states: readonly JobState[], what: string): RunRecord {
    const record = this.#options.runs.get(id);
    if (states.includes(record.state)) return record;
    throw new ReverieError('job/state', `A job that is ${record.state} cannot ${what}.`);
  }

  #lastRank(): number {
    return Math.max(0, ...this.#options.runs.queue.map(({ rank }) => rank));
  }

  async #set(record: RunRecord, change: Partial<RunRecord>): Promise<void> {
    Object.assign(record, change);
    this.#options.runs.touch(record.id);
    await this.#options.runs.save(record);
  }

  async #stop(intent: Intent): Promise<void> {
    const active = this.#active;
    if (active === undefined) return;
    active.intent = intent;
    await active.run?.stop();
    await active.ended;
  }

  #startNext(): void {
    const [record] = this.#options.runs.queue;
    if (this.#active !== undefined || this.#closed || this.queue.value.held || record === undefined) return;
    // Known as running before anything can interleave.
    Object.assign(record, { state: 'running', error: null, notes: [] } satisfies Partial<RunRecord>);
    const live = new Watched<LiveFrame | null>(null);
    const active: Active = { record, live, pace: new Pace(record.order), ended: Promise.resolve() };
    this.#active = active;
    this.#options.runs.touch(record.id);
    active.ended = this.#work(active);
  }

  /** Never rejects. */
  async #work(active: Active): Promise<void> {
    const { record } = active;
    tellBegin(record);
    const end = await this.#compute(active).catch((error: unknown): RunEnd => ({
      kind: 'failed',
      error: errorData(error),
    }));
    try {
      await this.#set(record, await this.#outcome(active, end));
    } catch (error) {
      // The disk is full, or gone: what is in memory still tells.
      log.failure('job', `The ${record.order.method} ${record.id} could not be kept`, error);
      Object.assign(record, { state: 'failed', error: plainError(error) } satisfies Partial<RunRecord>);
      this.#options.runs.touch(record.id);
    }
    tellEnd(record, end);
    active.live.close();
    this.progress.set(null);
    this.#active = undefined;
    await this.#prune().catch((error: unknown) =>
      log.swallowed('job', 'Old film strips could not be removed', error),
    );
    this.#startNext();
  }

  async #compute(active: Active): Promise<RunEnd> {
    const { runs, engine, settings, directFrames } = this.#options;
    const { record } = active;
    // That it runs is written while it begins.
    const saved = runs.save(record);
    saved.catch(() => undefined);
    const look = { maxSide: settings().previewSide, everyMs: PREVIEW_EVERY };
    const preview = directFrames ? { ...look, channel: record.id } : look;
    const events = await begin(record, { folder: runs.folder(record.id), preview }, engine);
    if (active.intent !== undefined) return { kind: 'stopped' };
    const run = new Run(events, (event) => this.#follow(active, event));
    active.run = run;
    await saved.catch(async (error: unknown) => {
      await run.stop();
      throw error;
    });
    return run.end;
  }

  #follow({ record, live, pace }: Active, event: Started | Step): void {
    if (event.kind === 'started') {
      const { device, runtime, width, height, notes } = event;
      Object.assign(record, { device, runtime, width, height, notes } satisfies Partial<RunRecord>);
      tellStarted(record, event);
      this.#options.runs.touch(record.id);
    } else {
      const { step, stage, objective, probability, ms, frame, note, device } = event;
      // What was said before need not be said again.
      if (note !== undefined && !record.notes.includes(note)) {
        record.notes = [...record.notes, note];
        tellNote(record, note);
      }
      if (device !== undefined) record.device = device;
      if (note !== undefined || device !== undefined) this.#options.runs.touch(record.id);
      // After a resumption, steps that a crash had lost come again.
      while ((record.curve.at(-1)?.step ?? 0) >= step) record.curve.pop();
      if (objective !== undefined) {
        const known = probability === undefined ? {} : { probability };
        record.curve.push({ step, octave: stage?.octave ?? 1, objective, ms, ...known });
      }
      record.progress = pace.after(event);
      if (keepsSteps(record))
        record.frames = {
          first: record.frames?.first ?? step,
          last: Math.max(step, record.frames?.last ?? 0),
        };
      const { id: job, progress, frames } = record;
      this.progress.set({ job, progress, frames });
      if (frame !== undefined) live.set({ ...frame, step });
    }
    if (performance.now() - this.#saved < SAVE_EVERY) return;
    this.#saved = performance.now();
    void this.#options.runs
      .save(record)
      .catch((error: unknown) =>
        log.swallowed('job', `The state of ${record.id} could not be written`, error),
      );
  }

  async #outcome({ record, intent }: Active, end: RunEnd): Promise<Partial<RunRecord>> {
    const { runs, gallery } = this.#options;
    if (end.kind === 'done') {
      const made = 'recipe' in end.report ? join(runs.folder(record.id), RUN.result) : undefined;
      const result = made === undefined ? null : (await gallery.adopt(made, resultName(record))).id;
      await this.#dropCheckpoint(record);
      return { state: 'done', result, report: withoutPaths(end.report) };
    }
    if (end.kind === 'failed') {
      if (end.error.code !== 'engine/crashed') return { state: 'failed', error: plain(end.error) };
      // It went on by itself as often as that made sense.
      const message = `${end.error.message} ${await whereToResume(record, runs.folder(record.id))}`;
      return { state: 'interrupted', error: { code: 'engine/crashed', message } };
    }
    if (intent === 'cancelled') await this.#dropCheckpoint(record);
    if (intent !== 'interrupted') return { state: intent ?? 'cancelled' };
    const message = `Reverie was closed while this job ran. ${await whereToResume(record, runs.folder(record.id))}`;
    return { state: 'interrupted', error: { code: 'job/interrupted', message } };
  }

  /** At a start: it ran when the program ended without a word. */
  #markInterrupted(record: RunRecord): void {
    const message = `Reverie ended while this job ran. ${promiseOf(record)}`;
    Object.assign(record, {
      state: 'interrupted',
      error: { code: 'job/interrupted', message },
    } satisfies Partial<RunRecord>);
  }

  async #dropCheckpoint({ id }: RunRecord): Promise<void> {
    await rm(join(this.#options.runs.folder(id), RUN.checkpoint), { force: true });
  }

  /** The film strips of old jobs make room. */
  async #prune(): Promise<void> {
    const { runs, settings } = this.#options;
    const finished = runs.records.filter((record) => FINAL.includes(record.state) && !stepsLast(record));
    const surplus = finished.length - settings().keepRuns;
    for (const { id } of surplus > 0 ? finished.slice(0, surplus) : []) await runs.remove(id);
  }
}

/** Whether the pictures of all steps are kept, to be looked at as a film. */
const keepsSteps = ({ order }: RunRecord): boolean => methods[order.method].job.keepsSteps;

/** Whether those pictures are its result. */
const stepsLast = ({ order, state }: RunRecord): boolean =>
  state === 'done' && (methods[order.method].job as QueuedJob).stepsLast === true;

function plain({ code, message }: PlainError): PlainError {
  return { code, message };
}
