/**
 * Downloads one network of the catalogue, whatever the servers do: it goes on where it stopped, tries every address, takes no
 * byte more than was pinned, and is done only when the SHA-256 is the pinned one.
 */
import { ReverieError } from '../../shared/errors.ts';
import { claim } from './claim.ts';
import { Failure } from './failure.ts';
import type { CatalogueNetwork } from './network.ts';
import { disk as realDisk, makePlace, Part, type Disk } from './part.ts';
import { receive, type DownloadProgress, type Work } from './receive.ts';
import { backOff, web as realWeb, type Web } from './web.ts';

export interface DownloadOptions {
  /** Folder of the user's networks, which may not exist yet. */
  readonly models: string;
  /** Stops the download; what has come stays, for the next time. */
  readonly signal?: AbortSignal;
  /** What is different from the real one. */
  readonly web?: Partial<Web>;
  readonly disk?: Disk;
}

/** How much has to come before an address counts as working again, in bytes. */
const PROGRESS = 2 ** 20;

/**
 * Tells the progress, at most some ten times a second, until the file lies whole and verified at `partPath`.
 * @throws ReverieError download/failed, download/corrupt, download/space, output/unwritable, job/cancelled
 */
export async function* download(
  network: CatalogueNetwork,
  { models, signal, web, disk = realDisk }: DownloadOptions,
): AsyncGenerator<DownloadProgress, void, undefined> {
  const release = await claim(await makePlace(models, network), network.short);
  const part = await Part.open(models, network, disk);
  const work: Work = { network, part, web: { ...realWeb, ...web }, signal };
  try {
    yield { bytes: part.bytes, of: Math.max(part.bytes, network.bytesAbout) };
    if (part.bytes > 0 && part.bytes === network.bytes && (await isWhole(work))) return;
    // What is inside a zip is unpacked beside it.
    const unpacked = network.contents === null ? 0 : network.bytesAbout;
    await part.checkRoom(Math.max(0, network.bytesAbout - part.bytes) + unpacked);
    yield* fromAnyAddress(work);
  } catch (error) {
    throw signal?.aborted === true
      ? new ReverieError(
          'job/cancelled',
          `The download of ${network.short} was stopped; it can go on from there.`,
        )
      : error;
  } finally {
    // oxlint-disable-next-line typescript/no-misused-promises -- `finally` waits for it
    await part.close().finally(release);
  }
}

async function* fromAnyAddress(work: Work): AsyncGenerator<DownloadProgress, void, undefined> {
  const failures: { host: string; failure: Failure }[] = [];
  for (const address of work.network.addresses) {
    try {
      yield* fromAddress(address, work);
      if (await isWhole(work)) return;
      throw new Failure('next', 'sent a file that is not the one that was asked for', { corrupt: true });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.push({ host: new URL(address).host, failure: error });
    }
  }
  const reasons = failures.map(({ host, failure }) => `${host} ${failure.message}`);
  const hint = failures.some(({ failure }) => failure.unreachable) ? work.web.hint() : '';
  const corrupt = failures.some(({ failure }) => failure.corrupt);
  throw new ReverieError(
    corrupt ? 'download/corrupt' : 'download/failed',
    `${work.network.short} could not be downloaded: ${[...new Set(reasons)].join('; ')}.${hint}`,
  );
}

/** Asks one address until the file is complete. @throws Failure when it is of no more use */
async function* fromAddress(address: string, work: Work): AsyncGenerator<DownloadProgress, void, undefined> {
  const { part, web, signal } = work;
  for (let tries = 0; ;) {
    const before = part.bytes;
    try {
      yield* receive(address, work);
      return;
    } catch (error) {
      if (signal?.aborted === true || !(error instanceof Failure) || error.remedy === 'next') throw error;
      if (error.remedy === 'anew') await part.discard();
      if (part.bytes - before >= PROGRESS) tries = 0;
      if (tries++ === web.retries) throw error;
      await backOff(web, tries, signal);
    }
  }
}

/** Whether what has come is the pinned file; if not, it is thrown away. */
async function isWhole({ network, part, signal }: Work): Promise<boolean> {
  if ((await part.sha256(signal)) === network.sha256) return true;
  await part.discard();
  return false;
}
