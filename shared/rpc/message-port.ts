/** One end of a MessageChannel as a port: the web's own in a page. */
import { ReverieError } from '../errors.ts';
import type { Port } from './wire.ts';

/** The part of a MessagePort that is used. */
interface MessagePortLike {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: () => void): void;
  start(): void;
}

export function messagePort(port: MessagePortLike): Port {
  return {
    post: (message) => port.postMessage(message),
    onMessage(handler) {
      port.addEventListener('message', ({ data }) => handler(data));
      port.start();
    },
    onClose(handler) {
      port.addEventListener('close', () =>
        handler(new ReverieError('engine/crashed', 'The connection to Reverie was lost.')),
      );
    },
  };
}
