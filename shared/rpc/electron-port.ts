/** Electron's ports in its Node processes, whose messages come as events with `data`: `MessagePortMain` and `parentPort`. */
import { ReverieError } from '../errors.ts';
import type { Port } from './wire.ts';

/** The part of them that is used. */
export interface ElectronPort {
  postMessage(message: unknown): void;
  on(event: 'message', handler: (event: { data: unknown; ports?: readonly ElectronPort[] }) => void): unknown;
  on(event: 'close', handler: () => void): unknown;
  /** `parentPort` has none. */
  start?(): void;
}

export function electronPort(port: ElectronPort): Port {
  let open = true;
  port.on('close', () => (open = false));
  return {
    post(message) {
      if (!open) throw gone();
      port.postMessage(message);
    },
    onMessage(handler) {
      port.on('message', ({ data }) => handler(data));
      port.start?.();
    },
    onClose: (handler) => void port.on('close', () => handler(gone())),
  };
}

function gone(): ReverieError {
  return new ReverieError('engine/crashed', 'The process at the other end has gone.');
}
