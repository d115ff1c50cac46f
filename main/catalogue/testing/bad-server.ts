/** A server on this machine that answers as a test tells it to, and networks of a catalogue that lie on it. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { CatalogueNetwork } from '../network.ts';
import type { Web } from '../web.ts';

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export interface BadServer {
  readonly origin: string;
  /** Of every request so far: its path and the range it asked for. */
  readonly asked: readonly { path: string; range: string | undefined }[];
  /** How a path is answered: by each of these in turn, the last one for good. */
  answer(path: string, ...answers: readonly Answer[]): void;
  close(): Promise<void>;
}

export async function badServer(): Promise<BadServer> {
  const answers = new Map<string, Answer[]>();
  const asked: { path: string; range: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push({ path, range: request.headers.range });
    const left = answers.get(path) ?? [status(404)];
    const answer = left.length > 1 ? left.shift() : left[0];
    answer?.(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    asked,
    answer: (path, ...list) => void answers.set(path, [...list]),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** As servers should: from where the request says. */
export const wellBehaved =
  (file: Uint8Array): Answer =>
  (response, { headers }) => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    if (from >= file.length) {
      response.writeHead(416, { 'Content-Range': `bytes */${file.length}` }).end();
      return;
    }
    const range = { 'Content-Range': `bytes ${from}-${file.length - 1}/${file.length}` };
    response.writeHead(from === 0 ? 200 : 206, {
      'Content-Length': file.length - from,
      ...(from === 0 ? {} : range),
    });
    response.end(file.subarray(from));
  };

export const status =
  (code: number, headers: Record<string, string | number> = {}): Answer =>
  (response) =>
    void response.writeHead(code, headers).end();

export const redirect = (location: string): Answer => status(302, { Location: location });

/** Sends this, whatever was announced, and then ends or says nothing more. */
export const sending =
  (headers: Record<string, string | number>, bytes: Uint8Array, then: 'silence' | 'end'): Answer =>
  (response) => {
    response.writeHead(200, headers);
    if (then === 'end') response.end(bytes);
    else response.write(bytes);
  };

/** A network whose download is `file`, which lies at each of the addresses. */
export function networkOf(file: Uint8Array, addresses: readonly string[]): CatalogueNetwork {
  return {
    id: 'toy',
    title: 'A toy',
    short: 'Toy',
    knownFor: 'Being small.',
    file: 'toy.onnx',
    format: 'onnx',
    addresses,
    bytes: file.length,
    bytesAbout: file.length,
    sha256: createHash('sha256').update(file).digest('hex'),
    licence: { name: 'MIT', url: null },
    source: 'https://example.org/toy',
    contents: null,
    input: { layout: 'NCHW', channelOrder: 'RGB', mean: [0, 0, 0], std: [1, 1, 1], size: 224 },
    inputStated: true,
    logits: null,
    labels: null,
  };
}

/** Reaches servers on this machine, and asks again at once. */
export const local: Partial<Web> = {
  allows: ({ protocol, hostname }) => protocol === 'https:' || hostname === '127.0.0.1',
  stallMs: 5000,
  backoffMs: 1,
};
