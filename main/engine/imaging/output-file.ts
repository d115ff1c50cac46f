/** Writing a result so that a half-written file is never seen: into a temporary file beside it, then renamed. */
import { randomUUID } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ReverieError } from '../../../shared/errors.ts';

/**
 * Writes `bytes` to `path`, replacing what was there in one step; on failure what was there stays, and nothing else does.
 * @throws ReverieError output/unwritable
 */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  await throughTemporary(path, bytes, (temporary) => rename(temporary, path));
}

/**
 * Tries whether `path` could be written, by making and removing a file beside it: the one test that also sees access lists,
 * read-only mounts and full disks. For the moment before a long job.
 * @throws ReverieError output/unwritable
 */
export async function checkPlace(path: string): Promise<void> {
  await throughTemporary(path, new Uint8Array(0), (temporary) => rm(temporary));
}

async function throughTemporary(
  path: string,
  bytes: Uint8Array,
  finish: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomUUID()}.tmp`);
  try {
    await refuseDirectory(path);
    await writeFile(temporary, bytes, { flag: 'wx' });
    await finish(temporary);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error instanceof ReverieError ? error : unwritable(path, reasonOf(error, path), error);
  }
}

async function refuseDirectory(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw unwritable(path, 'it is a folder; name a file');
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
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return `the folder "${dirname(path)}" does not exist`;
    case 'ENOTDIR':
      return `"${dirname(path)}" is not a folder`;
    case 'EACCES':
    case 'EPERM':
      return 'permission was denied';
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
