/** How the desktop program downloads: over Chromium's network, with the proxy and the certificates of the system, which Node leaves aside. */
import type * as Electron from 'electron';
import { Readable } from 'node:stream';
import type { Web } from '../catalogue/web.ts';

/** @param session whose requests may go out: those of the windows may not */
export function desktopWeb(
  net: Pick<typeof Electron.net, 'request'>,
  session: Electron.Session,
): Partial<Web> {
  return {
    fetch: netFetch(net, session),
    hint: () => ' Reverie connects as the system is set to; see whether a proxy is right there.',
  };
}

/**
 * What a download asks: an address, some headers, and a signal that ends it. Redirects are answers, whose body is empty; Electron's
 * `net.fetch` has no such mode: it cancels a request that is redirected and not to be followed by itself (electron/electron#43715).
 */
function netFetch(net: Pick<typeof Electron.net, 'request'>, session: Electron.Session): typeof fetch {
  return (address, { headers = {}, signal } = {}) =>
    new Promise((resolve, reject) => {
      const url = address instanceof Request ? address.url : String(address);
      const request = net.request({ url, session, redirect: 'manual', credentials: 'omit' });
      for (const [name, value] of new Headers(headers)) request.setHeader(name, value);
      const leave = (): void => {
        request.abort();
        reject(signal?.reason as Error);
      };
      if (signal?.aborted === true) {
        leave();
        return;
      }
      signal?.addEventListener('abort', leave, { once: true });
      request.on('redirect', (status, _method, location) => {
        resolve(new Response(null, { status, headers: { location } }));
        request.abort();
      });
      request.on('response', (incoming) => {
        // It is a stream of Node's, though its type does not say so.
        const stream = incoming as unknown as Readable;
        signal?.addEventListener('abort', () => stream.destroy(signal.reason as Error), { once: true });
        const hasBody = ![204, 205, 304].includes(incoming.statusCode);
        resolve(
          new Response(hasBody ? (Readable.toWeb(stream) as ReadableStream<Uint8Array>) : null, {
            status: incoming.statusCode,
            statusText: incoming.statusMessage,
            headers: Object.entries(incoming.headers).flatMap(([name, values]) =>
              [values].flat().map((value): [string, string] => [name, value]),
            ),
          }),
        );
      });
      request.on('error', (error) => reject(withCode(error)));
      request.end();
    });
}

/** `net::ERR_NAME_NOT_RESOLVED` is told as other errors of the network are: by its code. */
function withCode(error: Error): Error {
  const [, code] = /^net::(ERR_\w+)/.exec(error.message) ?? [];
  return code === undefined ? error : Object.assign(error, { code });
}
