/** The port of a forked process to its parent, over Node's IPC channel. */
import { ReverieError } from '../errors.ts';
import type { Port } from './wire.ts';

/** What `process` offers in a forked child. */
interface IpcChannel {
  connected: boolean;
  send?(message: unknown): boolean;
  on(event: 'message', handler: (message: unknown) => void): unknown;
  on(event: 'disconnect', handler: () => void): unknown;
}

/** Pass `process` in a child that was forked with `serialization: 'advanced'`, so that pixels cross as bytes. */
export function ipcPort(channel: IpcChannel): Port {
  return {
    post: (message) => {
      if (!channel.connected || channel.send === undefined) throw gone();
      channel.send(message);
    },
    onMessage: (handler) => void channel.on('message', handler),
    onClose: (handler) => void channel.on('disconnect', () => handler(gone())),
  };
}

function gone(): ReverieError {
  return new ReverieError('engine/crashed', 'The process at the other end has gone.');
}
