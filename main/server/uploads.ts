/** Files that come in from a browser, each into a folder of its own until it is imported, and never larger than is accepted. */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ReverieError } from '../../shared/errors.ts';
import { isNetworkName } from '../../shared/networks.ts';
import { LARGEST_NETWORK, LARGEST_UPLOAD } from '../../shared/studio/browser.ts';
import { tidyName } from '../studio/gallery/file-names.ts';
import type { Offers } from '../studio/gallery/offers.ts';

export interface UploadLimits {
  readonly picture: number;
  readonly network: number;
}

const LIMITS: UploadLimits = { picture: LARGEST_UPLOAD, network: LARGEST_NETWORK };

/**
 * Takes the body of a request as a file called `name`. @returns the offer's id
 * @throws ReverieError upload/size, also for a body that is longer than it said
 */
export async function receive(
  request: IncomingMessage,
  name: string,
  { uploads, offers, limits = LIMITS }: { uploads: string; offers: Offers; limits?: UploadLimits },
): Promise<string> {
  const { stem, extension } = tidyName(name);
  const limit = isNetworkName(`${stem}${extension}`) ? limits.network : limits.picture;
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(name, limit);
  const folder = join(uploads, randomUUID());
  const path = join(folder, `${stem}${extension}`);
  await mkdir(folder, { recursive: true });
  try {
    await pipeline(request, bounded(name, limit), createWriteStream(path, { flags: 'wx' }));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return offers.add({ path, name: `${stem}${extension}`, temporary: true });
}

function bounded(name: string, limit: number) {
  return async function* (pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    let total = 0;
    for await (const piece of pieces) {
      total += piece.length;
      if (total > limit) throw tooLarge(name, limit);
      yield piece;
    }
  };
}

function tooLarge(name: string, limit: number): ReverieError {
  return new ReverieError(
    'upload/size',
    `"${name}" is larger than the ${Math.round(limit / 2 ** 20)} MiB that are accepted.`,
  );
}
