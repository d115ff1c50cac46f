/**
 * The live picture in the desktop window: it comes straight from the engine, over a port for each job that is looked on. When the
 * engine ends, its job goes on in another one, and so do the frames.
 */
import { errorData } from '../../shared/errors.ts';
import { frameNames, type FrameStreams, type LiveFrame } from '../../shared/live-frames.ts';
import { connect } from '../../shared/rpc/connect.ts';
import type { Port } from '../../shared/rpc/wire.ts';

/** The part of an open port that is used besides talking. */
export interface FramePort {
  readonly port: Port;
  readonly close: () => void;
}

/** Frames of a job; leaving gives the port back. @param dial Asks for the port. */
export function directFrames(job: string, dial: () => Promise<FramePort>): AsyncIterableIterator<LiveFrame> {
  let opened: Promise<{ frames: AsyncIterator<LiveFrame>; close: () => void }> | undefined;
  let left = false;
  const open = async (): Promise<Awaited<NonNullable<typeof opened>>> => {
    const { port, close } = await dial();
    const engine = connect<object, FrameStreams>(port, frameNames);
    return { frames: engine.frames({ channel: job })[Symbol.asyncIterator](), close };
  };
  const iterator: AsyncIterableIterator<LiveFrame> = {
    async next() {
      for (;;) {
        opened ??= open();
        const { frames, close } = await opened;
        try {
          const result = await frames.next();
          if (result.done === true) close();
          return result;
        } catch (error) {
          close();
          if (errorData(error).code !== 'engine/crashed' || left) throw error;
          opened = undefined;
        }
      }
    },
    async return() {
      left = true;
      const stream = await opened;
      await stream?.frames.return?.();
      stream?.close();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
