/**
 * The browser door: the studio over HTTP and a WebSocket, by default for this machine alone. A page needs the token that only
 * the terminal shows; see shared/studio/browser.ts for what passes between them.
 */
import { handlersOf } from '../shared/rpc/contract.ts';
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import { text } from 'node:stream/consumers';
import type { EngineApi } from '../shared/contract.ts';
import { ReverieError } from '../shared/errors.ts';
import { PORT_ADDRESS, SESSION_ADDRESS, TOKEN_PARAMETER, UPLOAD_ADDRESS } from '../shared/studio/browser.ts';
import { studioContract } from '../shared/studio/contract.ts';
import { tellOfAnswer } from './doors/disclosure.ts';
import { listPageFiles } from './doors/page-files.ts';
import { pagePolicy } from './doors/page-policy.ts';
import { createAccess, type Access } from './server/access.ts';
import { sendError, sendFile, sendJson, sendResource, sendText } from './server/answer.ts';
import { SHORTEST_TOKEN, USUAL_PORT } from './server/defaults.ts';
import { receive, type UploadLimits } from './server/uploads.ts';
import { createWindows } from './server/windows.ts';
import { openLocked } from './studio/files/open-locked.ts';
import type { Studio, StudioOptions } from './studio/studio.ts';

interface ServeOptions {
  readonly engine: EngineApi;
  /** What lets windows change how much of the machine it takes. */
  readonly power?: StudioOptions['power'];
  /** Folder of the studio's state; see `reverieHome`. */
  readonly home: string;
  /** Folder of the built page. */
  readonly page: string;
  /** What to listen on; 127.0.0.1 by default, which only this machine reaches. */
  readonly host?: string;
  /** 0 for any free one; by default {@link USUAL_PORT}, or any free one where that is taken. */
  readonly port?: number;
  /** At least {@link SHORTEST_TOKEN} characters; a random one by default. */
  readonly token?: string;
  readonly limits?: UploadLimits;
}

export interface Serving {
  /** To be opened by the person who started it: it holds the token. */
  readonly url: string;
  /** What there is to worry about, in a sentence; `null` when only this machine can connect. */
  readonly warning: string | null;
  /** What of the state folder could not be used, in sentences. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

/** @throws ReverieError usage/option for a weak token or an address that cannot be listened on; studio/in-use */
export async function serve(options: ServeOptions): Promise<Serving> {
  const {
    engine,
    power,
    home,
    page,
    host = '127.0.0.1',
    token = randomBytes(24).toString('base64url'),
    limits,
  } = options;
  if (token.length < SHORTEST_TOKEN) {
    throw new ReverieError(
      'usage/option',
      `--token must have at least ${SHORTEST_TOKEN} characters, and this has ${token.length}.`,
    );
  }
  const files = await listPageFiles(page);
  const studio = await openLocked({ home, engine, ...(power === undefined ? {} : { power }) });
  const server = createServer();
  const port = await listen(server, host, options.port).catch(async (error: unknown) => {
    await studio.close();
    throw error;
  });
  const windows = createWindows(handlersOf(studioContract, studio.service));
  const access = createAccess(token, host, port);
  const context: Context = { studio, files, access, limits };
  server.on('request', (request, response) => {
    answer(context, request, response).catch((error: unknown) => {
      tellOfAnswer(request.url ?? '', error);
      sendError(response, error);
    });
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const { headers, url } = request;
    if (!access.knowsHost(headers) || !access.isOwnOrigin(headers) || url !== PORT_ADDRESS) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
    } else if (access.hasSession(headers)) windows.open(request, socket, head);
    else windows.refuse(request, socket, head);
  });
  return {
    url: `http://${isIPv6(host) ? `[${host}]` : host}:${port}/#${TOKEN_PARAMETER}=${encodeURIComponent(token)}`,
    warning: isLoopback(host) ? null : warningFor(host),
    notes: studio.notes,
    async close() {
      windows.close();
      server.close();
      server.closeAllConnections();
      await studio.close();
    },
  };
}

interface Context {
  studio: Studio;
  files: Awaited<ReturnType<typeof listPageFiles>>;
  access: Access;
  limits: UploadLimits | undefined;
}

async function answer(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { access, files, studio } = context;
  const { headers, method = '' } = request;
  if (!access.knowsHost(headers)) throw denied('This address does not lead to Reverie.');
  const address = parseAddress(request.url ?? '');
  const file = files.get(address.pathname);
  if (method === 'GET' && file !== undefined) {
    const policy = pagePolicy(`ws://${headers.host ?? ''}`);
    const caching = file.fixed ? 'public, max-age=31536000, immutable' : 'no-cache';
    const page = { 'Content-Type': file.type, 'Content-Security-Policy': policy, 'Cache-Control': caching };
    return sendFile(response, file.path, page);
  }
  if (method === 'POST' && !access.isOwnOrigin(headers))
    throw denied('Only the page of Reverie itself may do this.');
  if (access.isForeign(headers)) throw denied('Another page may not look at this.');
  if (address.pathname === SESSION_ADDRESS && method === 'POST') {
    const known = access.isToken(await shortBody(request));
    if (known) sendText(response, 204, '', { 'Set-Cookie': access.cookie() });
    else sendText(response, 401, 'This is not the token.');
    return;
  }
  if (!access.hasSession(headers)) {
    sendText(response, 401, 'Open the address that the terminal shows: it holds the token.');
  } else if (address.pathname === SESSION_ADDRESS && method === 'GET') sendText(response, 204, '');
  else if (address.pathname === UPLOAD_ADDRESS && method === 'POST') {
    const { offers, folders } = studio;
    const limits = context.limits === undefined ? {} : { limits: context.limits };
    const name = address.searchParams.get('name') ?? '';
    const offer = await receive(request, name, { offers, uploads: folders.uploads, ...limits });
    sendJson(response, 200, { offer });
  } else if (method === 'GET') await sendResource(response, await studio.resources.find(address));
  else sendText(response, 405, 'This cannot be done here.', { Allow: 'GET' });
}

/** Only paths: a proxy's absolute form is not for us. */
function parseAddress(url: string): URL {
  if (url.startsWith('/') && URL.canParse(`http://reverie${url}`)) return new URL(`http://reverie${url}`);
  throw new ReverieError('usage/option', 'The address is malformed.');
}

/** A token is never longer. */
async function shortBody(request: IncomingMessage): Promise<string> {
  if (Number(request.headers['content-length'] ?? Infinity) > 1024) throw denied('This is not a token.');
  return text(request);
}

function denied(message: string): ReverieError {
  return new ReverieError('access/denied', message);
}

async function listen(server: Server, host: string, port: number | undefined): Promise<number> {
  try {
    return await listenOn(server, host, port ?? USUAL_PORT);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (port === undefined && code === 'EADDRINUSE') return listenOn(server, host, 0);
    const reason = code === 'EADDRINUSE' ? 'another program uses it' : String(error);
    throw new ReverieError(
      'usage/option',
      `Reverie cannot listen on ${host}:${port ?? USUAL_PORT}: ${reason}.`,
    );
  }
}

function listenOn(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function warningFor(host: string): string {
  return `Anyone who can reach ${host} and has the token can use this studio, and what passes is not encrypted; a tunnel (ssh -L) is safer.`;
}
