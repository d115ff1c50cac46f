/** A browser tab: a WebSocket and a cookie that the token in the address is exchanged for. */
import { ReverieError, type ErrorCode } from '../../shared/errors.ts';
import { isRecord } from '../../shared/schema.ts';
import { connect } from '../../shared/rpc/connect.ts';
import { socketPort } from '../../shared/rpc/socket-port.ts';
import type { Port } from '../../shared/rpc/wire.ts';
import {
  PORT_ADDRESS,
  SESSION_ADDRESS,
  TOKEN_PARAMETER,
  uploadAddress,
} from '../../shared/studio/browser.ts';
import { studioContract } from '../../shared/studio/contract.ts';
import { filesOf } from './entries.ts';
import type { Host } from './host.ts';
import { LastingPort, Locked } from './lasting-port.ts';
import { localPageStorage } from './storage.ts';

export function browserHost(): Host {
  const port = new LastingPort(dial);
  return {
    studio: connect(port, studioContract),
    platform: 'browser',
    onConnection: (handler) => port.onConnection(handler),
    filesOf,
    offer: upload,
    save(items) {
      for (const item of items) {
        if ('address' in item) follow(item.address);
        else saveBlob(item.blob, item.name);
      }
      const [only] = items;
      return Promise.resolve(only !== undefined && 'blob' in only && items.length === 1 ? only.name : null);
    },
    reveal: null,
    show: null,
    startDrag: null,
    onCommand: () => undefined,
    openStorage: () => Promise.resolve(localPageStorage(localStorage)),
  };
}

async function dial(): Promise<Port> {
  if (!(await hasSession())) throw new Locked();
  const address = new URL(PORT_ADDRESS, location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  const socket = new WebSocket(address);
  socket.binaryType = 'arraybuffer';
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('close', () => reject(new Error('refused')));
  });
  return socketPort(socket);
}

/** Exchanges the token for a cookie, once, and takes it out of the address so that it is not passed on by accident. */
async function hasSession(): Promise<boolean> {
  const token = new URLSearchParams(location.hash.slice(1)).get(TOKEN_PARAMETER);
  if (token === null) return (await fetch(SESSION_ADDRESS)).ok;
  const answer = await fetch(SESSION_ADDRESS, { method: 'POST', body: token });
  history.replaceState(null, '', location.pathname + location.search);
  return answer.ok || (await fetch(SESSION_ADDRESS)).ok;
}

/** Saves what the page itself has made, as a download. */
function saveBlob(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  follow(address, name);
  // The download has taken its own hold of the bytes by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Follows an address as a download; with an empty name, the server names the file. */
function follow(address: string, name = ''): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

async function upload(file: File): Promise<string> {
  let answer: Response;
  try {
    answer = await fetch(uploadAddress(file.name), { method: 'POST', body: file });
  } catch {
    throw new ReverieError(
      'engine/crashed',
      `"${file.name}" could not be handed over: the connection to Reverie was lost. Add it again once it is back.`,
    );
  }
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok && isRecord(body) && typeof body['offer'] === 'string') return body['offer'];
  throw refusal(file, answer.status, body);
}

function refusal(file: File, status: number, body: unknown): ReverieError {
  if (isRecord(body) && typeof body['code'] === 'string' && typeof body['message'] === 'string') {
    // The server's own codes; an unknown one is as good as any other here, where only the sentence is shown.
    return new ReverieError(body['code'] as ErrorCode, body['message']);
  }
  return new ReverieError(
    'internal',
    `"${file.name}" was not taken: the studio answered with status ${status}.`,
  );
}
