/** Jobs as the window sees them: what was asked for, how far it is, and what can be done with it. */
import { ReverieError, type ErrorData } from '../errors.ts';
import type { Stage } from '../jobs.ts';
import {
  isJobMethod,
  methods,
  type JobMethod,
  type MethodSettings,
  type PictureMethod,
} from '../methods/registry.ts';
import { execution, type DeviceChoice, type RuntimeChoice } from '../recipes/common.ts';
import { byLabel, parse, type Fields } from '../recipes/fields.ts';
import { check, id, isRecord, object, orNull, whole } from '../schema.ts';

/**
 * `queued` waits; `running` computes; `paused` was stopped by the user; `interrupted` was stopped by the death of the engine or
 * of the program. Both can be resumed from their checkpoint, and give the picture they would have given. `done`, `failed` and
 * `cancelled` are final.
 */
export type JobState = 'queued' | 'running' | 'paused' | 'interrupted' | 'done' | 'failed' | 'cancelled';

interface OrderOf<M extends JobMethod> {
  method: M;
  /** The gallery picture to start from; `null` for a method that starts from noise. */
  picture: M extends PictureMethod ? string : null;
  /** The id of an installed network; `null` for the default. */
  model: string | null;
  /** The output of the network that is meant, by its name; `null` or absent: that of its card, or of the recipe that is repeated. */
  output?: string | null;
  runtime: RuntimeChoice;
  device: DeviceChoice;
  /** As in the recipe's table, except that settings which name pictures hold ids of gallery pictures. */
  settings: MethodSettings<M>;
  /** Begin where this step of another dream ended, instead of with the picture. */
  branch: M extends 'dream' ? { job: string; step: number } | null : null;
  /** The gallery picture whose recipe is being repeated, so that another network or source is told in the notes; or `null`. */
  repeats: string | null;
}

/** What is asked of a job of any method, or of the one that is named. */
export type Order<M extends JobMethod = JobMethod> = { [K in M]: OrderOf<K> }[M];

const place = object({
  picture: orNull(id),
  branch: orNull(object({ job: id, step: whole(1) })),
  repeats: orNull(id),
});

/** A complete order from a window or a file. @throws usage/option */
export function parseOrder(value: unknown): Order {
  const { method, settings, picture, branch, repeats, ...rest } = isRecord(value) ? value : {};
  if (!isJobMethod(method))
    throw new ReverieError('usage/option', `There are no jobs of the method ${JSON.stringify(method)}.`);
  const { inputs, settings: fields } = methods[method];
  const where = check(place, { picture, branch, repeats });
  // As in a recipe, what belongs to the method is read by the method's own entries.
  return {
    method,
    picture: 'image' in inputs ? check(id, picture, 'picture') : null,
    settings: parse<Fields>(fields, settings ?? {}, byLabel),
    branch: method === 'dream' ? where.branch : null,
    repeats: where.repeats,
    ...parse(execution, rest, byLabel),
  } as unknown as Order;
}

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
  /** `null` in a job of one stage. */
  stage: Stage | null;
  /** `null` where nothing is optimised. */
  objective: number | null;
  /** Of the last few steps. */
  msPerStep: number;
  /** Computing time left, with the growth of the octaves taken into account; `null` while it cannot be told. */
  secondsLeft: number | null;
}

/** How far a running job is: what changes of it with every step. */
export interface JobProgress extends Pick<Job, 'frames'> {
  job: string;
  progress: Progress;
}

/** One step of the curve of what is optimised; a job that optimises nothing has none. */
export interface CurvePoint {
  step: number;
  /** 1 in a job without octaves. */
  octave: number;
  objective: number;
  /** For an attack: of the class that is to be left or reached. */
  probability?: number;
  ms: number;
}

export type { LiveFrame } from '../live-frames.ts';

/** The queue itself. */
export interface QueueState {
  /** Queued jobs wait for the user: after a pause, and after a start of the program with unfinished jobs. */
  held: boolean;
}
