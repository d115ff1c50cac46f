/** Answers of the server: files, archives, errors, all with the same headers. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { plainError, type ErrorCode } from '../../shared/errors.ts';
import { COMMON_HEADERS, RESOURCE_POLICY } from '../doors/page-policy.ts';
import type { Resource } from '../studio/gallery/resources.ts';
import { zip } from '../studio/files/zip.ts';

const STATUS: Partial<Record<ErrorCode, number>> = {
  'image/missing': 404,
  'job/unknown': 404,
  'job/state': 409,
  'usage/option': 400,
  'upload/size': 413,
  'access/denied': 403,
  internal: 500,
};

type Headers = Readonly<Record<string, string | number>>;

export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Headers = {},
): void {
  response.writeHead(status, {
    ...COMMON_HEADERS,
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    ...headers,
  });
  response.end(text);
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  sendText(response, status, JSON.stringify(value), { 'Content-Type': 'application/json' });
}

/** Code and sentence; nothing of our insides. */
export function sendError(response: ServerResponse, error: unknown): void {
  const { code, message } = plainError(error);
  const status = STATUS[code] ?? 422;
  if (response.headersSent) response.destroy();
  else sendJson(response, status, { code, message });
}

/** @throws as the file system does, and when the reader has gone */
export async function sendFile(response: ServerResponse, path: string, headers: Headers): Promise<void> {
  const { size } = await stat(path);
  response.writeHead(200, { ...COMMON_HEADERS, 'Content-Length': size, ...headers });
  await pipeline(createReadStream(path), response);
}

export async function sendResource(response: ServerResponse, resource: Resource): Promise<void> {
  const { type, body, download, fixed } = resource;
  const headers: Headers = {
    'Content-Type': type,
    'Content-Security-Policy': RESOURCE_POLICY,
    'Cache-Control': fixed ? 'private, max-age=31536000, immutable' : 'no-store',
    ...(download === undefined ? {} : { 'Content-Disposition': disposition(download) }),
  };
  if ('path' in body) {
    await sendFile(response, body.path, headers);
    return;
  }
  response.writeHead(200, { ...COMMON_HEADERS, ...headers });
  const pieces = 'bytes' in body ? [body.bytes] : zip(body.entries);
  await pipeline(Readable.from(pieces, { objectMode: false }), response);
}

/** RFC 6266, with the name in UTF-8 (RFC 8187). */
function disposition(name: string): string {
  return `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`;
}
