/** The live picture in the desktop window: it comes straight from the engine, over a port for each job that is looked on. */
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
  const open = async (): Promise<Awaited<NonNullable<typeof opened>>> => {
    const { port, close } = await dial();
    const engine = connect<object, FrameStreams>(port, frameNames);
    return { frames: engine.frames({ channel: job })[Symbol.asyncIterator](), close };
  };
  const iterator: AsyncIterableIterator<LiveFrame> = {
    async next() {
      opened ??= open();
      const { frames, close } = await opened;
      const result = await frames.next();
      if (result.done === true) close();
      return result;
    },
    async return() {
      const stream = await opened;
      await stream?.frames.return?.();
      stream?.close();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
