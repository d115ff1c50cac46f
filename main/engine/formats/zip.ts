/** Unpacking a zip of unknown origin: nothing lands outside the folder, and nothing grows without bounds. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';
import { ReverieError } from '../../../shared/errors.ts';
import { unsupportedZip } from './unsupported.ts';

interface ZipLimits {
  readonly files: number;
  /** All files together, unpacked, in bytes. */
  readonly bytes: number;
  /** How many times larger unpacked than packed. Weights hardly shrink at all. */
  readonly ratio: number;
}

const LIMITS: ZipLimits = { files: 2000, bytes: 4 * 2 ** 30, ratio: 200 };

/** Below this size nothing is a bomb, however well it shrinks, in bytes. */
const HARMLESS = 2 ** 20;

/** The type of a link among the modes of Unix files. */
const LINK = 0o12;

/** Whether bytes begin as a zip does. */
export function looksLikeZip(bytes: Uint8Array): boolean {
  return [0x50, 0x4b, 0x03, 0x04].every((byte, i) => bytes[i] === byte);
}

/**
 * Unpacks a zip into a folder that exists. @returns the paths of its files, relative to the folder, as the zip names them
 * @throws `model/unreadable` for a damaged zip, one that names files outside, or one beyond the limits; `model/unsupported`
 * for one that is the file of another program
 */
export async function unpack(path: string, folder: string, limits = LIMITS): Promise<string[]> {
  try {
    const entries = await list(path, limits);
    const names = entries.map(({ fileName }) => fileName);
    const sentence = unsupportedZip(names);
    if (sentence !== undefined) throw new ReverieError('model/unsupported', sentence);
    const zip = await yauzl.openPromise(path, { lazyEntries: true, autoClose: false });
    try {
      for (const entry of entries) {
        const target = join(folder, entry.fileName);
        await mkdir(dirname(target), { recursive: true });
        // The sizes that were added up are those that come out: yauzl ends a stream that gives more or less.
        await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target, { flags: 'wx' }));
      }
    } finally {
      zip.close();
    }
    return names;
  } catch (cause) {
    if (cause instanceof ReverieError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ReverieError('model/unreadable', `The zip cannot be unpacked: ${why}.`, {}, { cause });
  }
}

/** The files of a zip. Their names were checked by yauzl: relative, without "..", with "/" between folders. */
async function list(path: string, limits: ZipLimits): Promise<yauzl.Entry[]> {
  const zip = await yauzl.openPromise(path, { lazyEntries: true });
  const entries: yauzl.Entry[] = [];
  let bytes = 0;
  for await (const entry of zip.eachEntry()) {
    const { fileName, uncompressedSize, compressedSize } = entry;
    if (fileName.endsWith('/') || /(^|\/)(\.|__MACOSX\/)/.test(fileName)) continue;
    if (entry.isEncrypted()) throw refusal(`"${fileName}" is encrypted`);
    if (entry.externalFileAttributes >>> 28 === LINK) throw refusal(`"${fileName}" is a link`);
    bytes += uncompressedSize;
    if (uncompressedSize > HARMLESS && uncompressedSize > limits.ratio * compressedSize)
      throw refusal(`"${fileName}" would grow to more than ${limits.ratio} times its size`);
    if (bytes > limits.bytes)
      throw refusal(`it holds more than the ${limits.bytes / 2 ** 30} GiB that are accepted`);
    entries.push(entry);
    if (entries.length > limits.files)
      throw refusal(`it holds more than the ${limits.files} files that are accepted`);
  }
  return entries;
}

function refusal(why: string): ReverieError {
  return new ReverieError('model/unreadable', `The zip cannot be unpacked: ${why}.`);
}
