/** One request to one address: everything that its answer may claim is checked against what is pinned. */
import { connectionFailure, Failure } from './failure.ts';
import type { CatalogueNetwork } from './network.ts';
import type { Part } from './part.ts';
import { ask, unlessStalled, type Web } from './web.ts';

export interface DownloadProgress {
  /** How much has come, and of how much. */
  readonly bytes: number;
  readonly of: number;
}

/** What the steps of one download share. */
export interface Work {
  readonly network: CatalogueNetwork;
  readonly part: Part;
  readonly web: Web;
  readonly signal: AbortSignal | undefined;
}

/** How often progress is told at most, in ms. */
const TELL_MS = 100;

/** A download whose size is not pinned may be so many times larger than about what it should be. */
const MARGIN = 2;

/** Answers that may be different a moment later. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/** Appends what an address sends until the file is complete. @throws Failure, ReverieError download/space */
export async function* receive(
  address: string,
  { network, part, web, signal }: Work,
): AsyncGenerator<DownloadProgress, void, undefined> {
  const from = part.bytes;
  if (from === network.bytes) return;
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  /** A failure of the network, whose reason may be our own leaving. */
  const reasonOf = (error: unknown): unknown => {
    if (signal?.aborted === true || error instanceof Failure) return error;
    return stop.signal.reason instanceof Failure ? stop.signal.reason : connectionFailure(error, part.came);
  };
  try {
    const response = await unlessStalled(ask(web, address, rangeFrom(from), either), web.stallMs, stop).catch(
      (error: unknown) => {
        throw reasonOf(error);
      },
    );
    const end = checkAnswer(response, from, network);
    if (end === from) return;
    // A server that cannot begin in the middle has begun at the beginning.
    if (response.status === 200) await part.discard();
    const of = end ?? network.bytesAbout;
    const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader();
    let told = 0;
    while (reader !== undefined) {
      const { done, value } = await unlessStalled(reader.read(), web.stallMs, stop).catch(
        (error: unknown) => {
          throw reasonOf(error);
        },
      );
      if (done) break;
      if (part.bytes + value.length > (end ?? mostOf(network))) {
        await part.discard();
        throw new Failure('next', `sends more than the ${of} bytes of the file`, { corrupt: true });
      }
      await part.append(value);
      if (performance.now() - told >= TELL_MS) {
        told = performance.now();
        yield { bytes: part.bytes, of: Math.max(of, part.bytes) };
      }
    }
    if (end !== null && part.bytes < end)
      throw new Failure('again', `ended after ${part.bytes} of ${end} bytes`);
    yield { bytes: part.bytes, of: part.bytes };
  } finally {
    // Whatever is still on its way is not wanted.
    stop.abort();
    await part.close();
  }
}

/** No file is larger. */
function mostOf({ bytes, bytesAbout }: CatalogueNetwork): number {
  return bytes ?? MARGIN * bytesAbout;
}

function rangeFrom(from: number): Record<string, string> {
  // Compressed, a file would have another length than the one that is pinned.
  return { 'Accept-Encoding': 'identity', ...(from === 0 ? {} : { Range: `bytes=${from}-` }) };
}

/**
 * @param from How many bytes there are already.
 * @returns the size that the file will have; `null` where nobody says
 * @throws Failure for an answer that contradicts what is known
 */
function checkAnswer(response: Response, from: number, network: CatalogueNetwork): number | null {
  const { status, headers } = response;
  const check = (size: number | null): number | null => {
    if (size === null || size === network.bytes) return network.bytes;
    if (network.bytes === null && size <= mostOf(network)) return size;
    const expected = `${network.bytes === null ? 'about ' : ''}${network.bytesAbout}`;
    throw new Failure('next', `has a file of ${size} bytes, not of ${expected}`, { corrupt: true });
  };
  if (status === 200) return check(headers.has('content-encoding') ? null : lengthOf(headers));
  const range = rangeOf(headers);
  // Nothing comes after the last byte.
  if (status === 416 && from > 0 && range?.size === from) return check(from);
  if (status === 416 && from > 0) throw new Failure('anew', 'does not go on from where the file is');
  if (status === 206) {
    if (range?.first !== from) throw new Failure('anew', `was asked for byte ${from} and sends another one`);
    return check(range.size);
  }
  const remedy = status >= 500 || PASSING.has(status) ? 'again' : 'next';
  throw new Failure(
    remedy,
    `answered ${status}${response.statusText === '' ? '' : ` (${response.statusText})`}`,
  );
}

function lengthOf(headers: Headers): number | null {
  const length = headers.get('content-length');
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : null;
}

// `bytes 200-1023/1024` or `bytes */1024`; the size may be unknown (`*`).
function rangeOf(headers: Headers): { first: number | null; size: number | null } | null {
  const match = /^bytes (?:(\d{1,15})-\d{1,15}|\*)\/(?:(\d{1,15})|\*)$/.exec(
    headers.get('content-range') ?? '',
  );
  if (match === null) return null;
  const [, first, size] = match;
  return {
    first: first === undefined ? null : Number(first),
    size: size === undefined ? null : Number(size),
  };
}
