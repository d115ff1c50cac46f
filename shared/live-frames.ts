/**
 * The live picture on its own, for a window that sits beside the engine: frames leave the steps of a dream and go, newest first,
 * straight to whoever pulls them, past the process in between.
 */

import type { Frame } from './jobs.ts';
import { takes } from './rpc/contract.ts';
import { object, text } from './schema.ts';

/** A frame of the live picture and the step it shows. */
export interface LiveFrame extends Frame {
  step: number;
}

export const frameContract = {
  calls: {},
  streams: {
    /** Frames of the job whose preview names this channel, running or about to; ends with it. */
    frames: takes(object({ channel: text })).gives<LiveFrame>(),
  },
};
