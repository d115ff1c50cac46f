/** What a running job tells. A job's failure is its stream's rejection, with a coded error; leaving the stream cancels it. */

import { ReverieError } from './errors.ts';
import type { MemoryEstimate } from './memory.ts';

/** A picture to look at: 8-bit RGBA, rows from the top, `width * height * 4` bytes. */
export interface Frame {
  width: number;
  height: number;
  rgba: Uint8Array;
}

/** How a caller wants to look on: frames of at most `maxSide` pixels on the longer side, at most one in `everyMs` ms. */
export interface Preview {
  maxSide: number;
  everyMs: number;
  /** Where frames go instead of coming with the steps, for an engine that serves the streams of live-frames.ts. */
  channel?: string;
}

/** Once, before the first step. */
export interface Started {
  kind: 'started';
  /** In the whole job, over all octaves. */
  steps: number;
  /** Of the result, in pixels. */
  width: number;
  height: number;
  runtime: string;
  device: string;
  /** Sentences worth telling: a device that was passed over and why, a size that was capped, a network that is not the recipe's. */
  notes: readonly string[];
  /** What it will take of the machine's memory, where that is estimated. */
  memory?: MemoryEstimate;
}

/** After each step. */
export interface Step {
  kind: 'step';
  /** Counted from 1 over the whole job, up to `of`. */
  step: number;
  of: number;
  /** Duration of this step alone. */
  ms: number;
  /** Where it is in a job of several stages. */
  stage?: Stage;
  /** What is optimised, before this step's change; it depends on the stage. */
  objective?: number;
  /** For an attack: of the class that is to be left or reached, before this step's change. */
  probability?: number;
  /** A sentence worth telling: the device failed, and another one computes from this step on. */
  note?: string;
  /** What computes from this step on, where that has changed. */
  device?: string;
  /** Present when the caller asked for previews and one is due. */
  frame?: Frame;
}

/** One of the sizes that a dream is grown at. */
export interface Stage {
  /** Counted from 1, up to `octaves`; `width` × `height` is this octave's size in pixels. */
  octave: number;
  octaves: number;
  width: number;
  height: number;
}

/** Last. */
interface Done<Result> {
  kind: 'done';
  result: Result;
}

export type JobEvent<Result> = Started | Step | Done<Result>;

/** What a job comes to, for those who do not look at its steps. */
export async function resultOf<Result>(events: AsyncIterable<JobEvent<Result>>): Promise<Result> {
  for await (const event of events) if (event.kind === 'done') return event.result;
  throw new ReverieError('internal', 'The job ended without a result.');
}
