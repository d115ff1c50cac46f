/** Jobs as the window sees them: what was asked for, how far it is, and what can be done with it. */
import type { ErrorData } from '../errors.ts';
import type { DeviceChoice, RuntimeChoice } from '../recipes/common.ts';
import type { DreamSettings } from '../recipes/dream.ts';

/**
 * `queued` waits; `running` computes; `paused` was stopped by the user; `interrupted` was stopped by the death of the engine or
 * of the program. Both can be resumed from their checkpoint, and give the picture they would have given. `done`, `failed` and
 * `cancelled` are final.
 */
export type JobState = 'queued' | 'running' | 'paused' | 'interrupted' | 'done' | 'failed' | 'cancelled';

/** What a dream is asked to be. */
export interface DreamOrder {
  /** The gallery picture to start from. */
  picture: string;
  /** The id of an installed network; `null` for the default. */
  model: string | null;
  runtime: RuntimeChoice;
  device: DeviceChoice;
  /** As in the recipe's table, except that `guide` and `mask` are ids of gallery pictures. */
  settings: DreamSettings;
  /** Begin where this step of another job ended, instead of with the picture. */
  branch: { job: string; step: number } | null;
  /** The gallery picture whose recipe is being repeated, so that another network or source is told in the notes; or `null`. */
  repeats: string | null;
}

export interface Job {
  id: string;
  state: JobState;
  order: DreamOrder;
  /** In ms since 1970. */
  created: number;
  /** While queued: how many jobs come before it; else `null`. */
  position: number | null;
  /** `null` until the first step. */
  progress: Progress | null;
  /** What computes, once it runs. */
  device: string | null;
  runtime: string | null;
  /** Size of the result in pixels, once known. */
  width: number | null;
  height: number | null;
  /** Sentences worth telling. */
  notes: readonly string[];
  /** The film strip on disk: every step from `first` to `last`, both included; `null` while there is none. */
  frames: { first: number; last: number } | null;
  /** Id of the gallery picture it became, once done. */
  result: string | null;
  /** Why it failed or was interrupted: a sentence with what to do next. */
  error: Pick<ErrorData, 'code' | 'message'> | null;
}

/** The latest step. */
export interface Progress {
  /** Counted from 1 over the whole job, up to `of`. */
  step: number;
  of: number;
  /** Counted from 1, up to `octaves`. */
  octave: number;
  octaves: number;
  /** Of this octave, in pixels. */
  width: number;
  height: number;
  objective: number;
  /** Of the last few steps. */
  msPerStep: number;
  /** Computing time left, with the growth of the octaves taken into account; `null` while it cannot be told. */
  secondsLeft: number | null;
}

/** One step of the objective's curve. */
export interface CurvePoint {
  step: number;
  octave: number;
  objective: number;
  ms: number;
}

export type { LiveFrame } from '../live-frames.ts';

export interface JobRequest {
  job: string;
}

export interface StepRequest {
  job: string;
  step: number;
}

export interface CurveRequest {
  job: string;
  /** Only steps after this one; 0 for all. */
  after: number;
}

/** The queue itself. */
export interface QueueState {
  /** Queued jobs wait for the user: after a pause, and after a start of the program with unfinished jobs. */
  held: boolean;
}
