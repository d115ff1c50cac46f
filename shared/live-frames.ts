/**
 * The live picture on its own, for a window that sits beside the engine: frames leave the steps of a dream and go, newest first,
 * straight to whoever pulls them, past the process in between.
 */
import { ReverieError } from './errors.ts';
import type { Frame } from './jobs.ts';
import { isRecord } from './schema.ts';
import type { Handlers } from './rpc/serve.ts';

/** A frame of the live picture and the step it shows. */
export interface LiveFrame extends Frame {
  step: number;
}

export interface FrameStreams {
  /** Frames of the dream whose preview names this channel, running or about to; ends with it. */
  frames(request: { channel: string }): AsyncIterable<LiveFrame>;
}

export const frameNames = { calls: {}, streams: { frames: true } } as const;

export function frameHandlers(
  frames: (channel: string, signal: AbortSignal) => AsyncIterable<LiveFrame>,
): Handlers {
  return {
    calls: {},
    streams: {
      frames(argument, signal) {
        const channel = isRecord(argument) ? argument['channel'] : undefined;
        if (typeof channel === 'string') return frames(channel, signal);
        throw new ReverieError('usage/option', 'frames needs a channel.');
      },
    },
  };
}
