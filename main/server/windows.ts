/** The WebSockets of pages: each is a port to the studio. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { serve, type Handlers } from '../../shared/rpc/serve.ts';
import { disclose } from '../doors/disclosure.ts';
import { socketPort } from '../../shared/rpc/socket-port.ts';

/** Requests are small; pictures go the other way, or as uploads. */
const LARGEST_REQUEST = 2 ** 20;
/** A page that answers no ping for so long, in ms, has gone without saying so. */
const PING_EVERY = 30_000;
/** Close code for a page without a session: 4000 + 401. */
const NO_SESSION = 4401;

export interface Windows {
  open(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Tells the page that it needs the token. */
  refuse(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

export function createWindows(handlers: Handlers): Windows {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_REQUEST,
    perMessageDeflate: false,
  });
  const answering = new WeakSet<WebSocket>();
  const pinging = setInterval(() => {
    for (const window of server.clients) {
      if (!answering.delete(window)) window.terminate();
      else window.ping();
    }
  }, PING_EVERY);
  pinging.unref();
  return {
    open(request, socket, head) {
      server.handleUpgrade(request, socket, head, (window) => {
        server.emit('connection', window, request);
        window.binaryType = 'arraybuffer';
        answering.add(window);
        window.on('pong', () => answering.add(window));
        // What went wrong is followed by a close, which ends the port.
        window.on('error', () => undefined);
        serve(handlers, socketPort(window), disclose);
      });
    },
    refuse(request, socket, head) {
      server.handleUpgrade(request, socket, head, (window) =>
        window.close(NO_SESSION, 'The token is missing.'),
      );
    },
    close() {
      clearInterval(pinging);
      for (const window of server.clients) window.terminate();
    },
  };
}
