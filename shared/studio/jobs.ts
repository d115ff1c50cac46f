/** Jobs as the window sees them: what was asked for, how far it is, and what can be done with it. */
import type { ErrorData } from '../errors.ts';
import type { DeviceChoice, RuntimeChoice } from '../recipes/common.ts';
import { atlas } from '../recipes/atlas.ts';
import type { Fields, SettingsOf } from '../recipes/fields.ts';
import { methods } from '../recipes/recipe.ts';

/**
 * `queued` waits; `running` computes; `paused` was stopped by the user; `interrupted` was stopped by the death of the engine or
 * of the program. Both can be resumed from their checkpoint, and give the picture they would have given. `done`, `failed` and
 * `cancelled` are final.
 */
export type JobState = 'queued' | 'running' | 'paused' | 'interrupted' | 'done' | 'failed' | 'cancelled';

/** What is queued, because it takes long: the table of its settings, and whether it starts from a picture. */
export const jobMethods = {
  dream: methods.dream,
  visualize: methods.visualize,
  attack: methods.attack,
  atlas: { settings: atlas, picture: false },
} as const satisfies Record<string, { settings: Fields; picture: boolean }>;

export type JobMethod = keyof typeof jobMethods;

interface OrderOf<M extends JobMethod> {
  method: M;
  /** The gallery picture to start from; `null` for a method that starts from noise. */
  picture: (typeof jobMethods)[M]['picture'] extends true ? string : null;
  /** The id of an installed network; `null` for the default. */
  model: string | null;
  runtime: RuntimeChoice;
  device: DeviceChoice;
  /** As in the recipe's table, except that settings which name pictures hold ids of gallery pictures. */
  settings: SettingsOf<(typeof jobMethods)[M]['settings']>;
  /** Begin where this step of another dream ended, instead of with the picture. */
  branch: M extends 'dream' ? { job: string; step: number } | null : null;
  /** The gallery picture whose recipe is being repeated, so that another network or source is told in the notes; or `null`. */
  repeats: string | null;
}

/** What is asked of a job of any method, or of the one that is named. */
export type Order<M extends JobMethod = JobMethod> = { [K in M]: OrderOf<K> }[M];

export interface Job {
  id: string;
  state: JobState;
  order: Order;
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
  /** Id of the gallery picture it became, once done; `null` for what becomes none. */
  result: string | null;
  /** What the engine reported at the end, beside the picture: the method's own result; `null` until then. */
  report: unknown;
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
  /** For an attack: of the class that is to be left or reached. */
  probability?: number;
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
