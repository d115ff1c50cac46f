/** `reverie://studio/…`: the page and what it shows, at the same addresses as in a browser. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { CustomScheme } from 'electron';
import { plainError } from '../../shared/errors.ts';
import { tellOfAnswer } from '../doors/disclosure.ts';
import type { PageFile } from '../doors/page-files.ts';
import { COMMON_HEADERS, RESOURCE_POLICY, pagePolicy } from '../doors/page-policy.ts';
import type { Resource, Resources } from '../studio/gallery/resources.ts';
import { zip } from '../studio/files/zip.ts';

export const SCHEME = 'reverie';
export const PAGE_ORIGIN = `${SCHEME}://studio`;
export const PAGE_ADDRESS = `${PAGE_ORIGIN}/`;

/** Whether an address is that of the page itself, wherever in it. */
export function isPage(url: string): boolean {
  return url === PAGE_ADDRESS || url.startsWith(`${PAGE_ADDRESS}#`);
}

/** To be registered before the app is ready. A secure origin has WebCodecs; a standard one has relative addresses. */
export const PRIVILEGES: CustomScheme = {
  scheme: SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
};

/** Answers a request of a window; never rejects. */
export async function answerPage(
  { url, method }: Pick<Request, 'url' | 'method'>,
  { files, resources }: { files: ReadonlyMap<string, PageFile>; resources: Pick<Resources, 'find'> },
): Promise<Response> {
  const address = new URL(url);
  if (method !== 'GET' || address.host !== 'studio') return refusal(404, 'There is nothing here.');
  try {
    const file = files.get(address.pathname);
    if (file === undefined) return await shown(await resources.find(address));
    return await fileResponse(file.path, {
      'Content-Type': file.type,
      'Content-Security-Policy': pagePolicy(),
    });
  } catch (error) {
    tellOfAnswer(address.pathname, error);
    const { code, message } = plainError(error);
    return refusal(code === 'internal' ? 500 : 404, message);
  }
}

async function shown({ type, body, fixed }: Resource): Promise<Response> {
  const headers = {
    'Content-Type': type,
    'Content-Security-Policy': RESOURCE_POLICY,
    'Cache-Control': fixed ? 'max-age=31536000, immutable' : 'no-store',
  };
  if ('path' in body) return fileResponse(body.path, headers);
  const pieces = 'bytes' in body ? [body.bytes] : zip(body.entries);
  return new Response(webStream(Readable.from(pieces, { objectMode: false })), {
    headers: { ...COMMON_HEADERS, ...headers },
  });
}

async function fileResponse(path: string, headers: Record<string, string>): Promise<Response> {
  const { size } = await stat(path);
  return new Response(webStream(createReadStream(path)), {
    headers: { ...COMMON_HEADERS, 'Content-Length': String(size), ...headers },
  });
}

/** A stream of bytes as the web knows it, read at the pace of whoever reads. */
function webStream(stream: Readable): ReadableStream<Uint8Array> {
  const pieces: AsyncIterator<unknown> = stream[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const next = await pieces.next();
      if (next.done === true) controller.close();
      else if (next.value instanceof Uint8Array) controller.enqueue(next.value);
    },
    cancel: () => void stream.destroy(),
  });
}

function refusal(status: number, message: string): Response {
  return new Response(message, {
    status,
    headers: { ...COMMON_HEADERS, 'Content-Type': 'text/plain; charset=utf-8' },
  });
}
