/** A WebSocket as a port, on both sides: the browser's own and that of Node's `ws` share these few members. */
import { ReverieError } from '../errors.ts';
import { decodeMessage, encodeMessage } from './binary-message.ts';
import type { Port } from './wire.ts';

/** The part of a WebSocket that is used; `binaryType` must be "arraybuffer", and it must be open. */
interface Socket {
  readonly readyState: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: () => void): void;
}

const OPEN = 1;

/** Messages that are not of this protocol are passed over. */
export function socketPort(socket: Socket): Port {
  return {
    post(message) {
      if (socket.readyState !== OPEN) throw closed();
      socket.send(encodeMessage(message));
    },
    onMessage(handler) {
      socket.addEventListener('message', ({ data }) => {
        if (data instanceof ArrayBuffer) handler(decodeMessage(new Uint8Array(data)));
      });
    },
    onClose(handler) {
      socket.addEventListener('close', () => handler(closed()));
    },
  };
}

function closed(): ReverieError {
  return new ReverieError('engine/crashed', 'The connection to Reverie was lost.');
}
