/**
 * The live picture in the desktop window: it comes straight from the engine, over a port for each job that is looked on. When the
 * engine ends, its job goes on in another one, and so do the frames.
 */
import { errorData } from '../../shared/errors.ts';
import { frameContract, type LiveFrame } from '../../shared/live-frames.ts';
import { relay } from '../../shared/relay.ts';
import { connect } from '../../shared/rpc/connect.ts';
import type { Port } from '../../shared/rpc/wire.ts';

/** The part of an open port that is used besides talking. */
export interface FramePort {
  readonly port: Port;
  readonly close: () => void;
}

/** Frames of a job; leaving gives the port back. @param dial Asks for the port. */
export function directFrames(job: string, dial: () => Promise<FramePort>): AsyncIterableIterator<LiveFrame> {
  let close = (): void => undefined;
  const open = async (): Promise<AsyncIterable<LiveFrame>> => {
    const opened = await dial();
    close = opened.close;
    return connect(opened.port, frameContract).frames({ channel: job });
  };
  return relay(open, {
    async recover(error) {
      close();
      return errorData(error).code === 'engine/crashed' ? open() : undefined;
    },
    ended: () => close(),
  });
}
