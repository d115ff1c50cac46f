/**
 * Writing a file so that a half-written one is never seen, whatever happens: into a temporary file beside it, brought to the disk, then
 * renamed. A library would not do: `write-file-atomic` takes no pieces, trusts that one call writes all, and does not try again;
 * `atomically` tries for seconds where permission was denied for good.
 */
import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { mkdir, open, realpath, rename as systemRename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReverieError } from '../../shared/errors.ts';

/** Text, bytes, or pieces of them in their order, which are not joined in memory. */
export type Contents = string | Uint8Array | Iterable<string | Uint8Array>;

export interface WriteOptions {
  /**
   * Whether the file survives a loss of power once this has resolved. Without, it is faster, and may be found empty afterwards: for what
   * is made again then, or brought to the disk by {@link flushFiles}.
   */
  readonly flush?: boolean;
}

/**
 * Writes a file, replacing what was there in one step and with its permissions; on failure what was there stays, and nothing else does.
 * @throws ReverieError output/unwritable
 */
export async function writeAtomically(
  path: string,
  contents: Contents,
  { flush = true }: WriteOptions = {},
): Promise<void> {
  await throughTemporary(path, async (temporary, target, mode) => {
    await writeFile(temporary, contents, { flag: 'wx', flush, ...(mode === undefined ? {} : { mode }) });
    await moveFile(temporary, target);
  });
}

/**
 * Tries whether `path` could be written, by making and removing a file beside it: the one test that also sees access lists,
 * read-only mounts and full disks. For the moment before a long job.
 * @throws ReverieError output/unwritable
 */
export async function checkPlace(path: string): Promise<void> {
  await throughTemporary(path, async (temporary) => {
    await writeFile(temporary, '', { flag: 'wx' });
    await rm(temporary);
  });
}

/** Makes a folder, and those above it. @throws ReverieError output/unwritable */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((cause: unknown) => {
    throw new ReverieError('output/unwritable', `The folder "${path}" cannot be made.`, {}, { cause });
  });
}

/** Brings files to the disk that were written without. One that is gone is no matter. */
export async function flushFiles(paths: readonly string[]): Promise<void> {
  const flush = async (path: string): Promise<void> => {
    // Windows flushes only what may be written.
    const file = await open(path, 'r+').catch(() => undefined);
    try {
      await file?.sync();
    } finally {
      await file?.close();
    }
  };
  await Promise.all(paths.map(flush));
}

/** How long to wait before a held file is tried again, in ms: 2 seconds in all. */
const PAUSES = [10, 20, 40, 80, 150, 300, 600, 800];
/** What Windows says of a file that a virus scanner or an indexer has open, and of one that may not be written at all. */
const HELD: ReadonlySet<unknown> = new Set(['EPERM', 'EACCES', 'EBUSY']);

/**
 * Renames a file within its file system, over what is there. On Windows a file that another program looks at cannot be renamed for
 * a moment, so there it is tried again for 2 seconds.
 * @param pauses before it is tried again after such a refusal, in ms
 */
export async function moveFile(
  from: string,
  to: string,
  rename: (from: string, to: string) => Promise<void> = systemRename,
  pauses: readonly number[] = process.platform === 'win32' ? PAUSES : [],
): Promise<void> {
  for (const pause of pauses) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      if (!HELD.has(codeOf(error))) throw error;
      await sleep(pause);
    }
  }
  await rename(from, to);
}

/** @param work is given where to write, what it is to become, and the permissions of the file that is there. */
async function throughTemporary(
  path: string,
  work: (temporary: string, target: string, mode: number | undefined) => Promise<void>,
): Promise<void> {
  // A link is followed, or the renaming would replace it and leave its file as it was.
  const target = await realpath(path).catch(() => path);
  const temporary = join(dirname(target), `.reverie-${randomUUID()}.tmp`);
  try {
    const there = await existing(target);
    if (there?.isDirectory() === true) throw unwritable(path, 'it is a folder; name a file');
    await work(temporary, target, there === undefined ? undefined : there.mode & 0o777);
  } catch (error) {
    await rm(temporary, { force: true, maxRetries: 3 }).catch(() => undefined);
    throw error instanceof ReverieError ? error : unwritable(path, reasonOf(error, path), error);
  }
}

function existing(path: string): Promise<Stats | undefined> {
  return stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
}

function unwritable(path: string, reason: string, cause?: unknown): ReverieError {
  return new ReverieError(
    'output/unwritable',
    `"${path}" cannot be written: ${reason}.`,
    { path },
    { cause },
  );
}

function reasonOf(error: unknown, path: string): string {
  switch (codeOf(error)) {
    case 'ENOENT':
      return `the folder "${dirname(path)}" does not exist`;
    case 'ENOTDIR':
      return `"${dirname(path)}" is not a folder`;
    case 'EACCES':
    case 'EPERM':
      return 'permission was denied';
    case 'EBUSY':
      return 'another program has it open';
    case 'EROFS':
      return 'the disk is read-only';
    case 'ENOSPC':
      return 'the disk is full';
    case 'ENAMETOOLONG':
      return 'the name is too long';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
