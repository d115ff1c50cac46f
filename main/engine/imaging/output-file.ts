/** Writing a result so that a half-written file is never seen: into a temporary file beside it, then renamed. */
import { randomUUID } from 'node:crypto';
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ReverieError } from '../../../shared/errors.ts';

/**
 * Writes `bytes` to `path`, replacing what was there in one step; on failure what was there stays, and nothing else does.
 * @throws ReverieError output/unwritable
 */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  await throughTemporary(path, bytes, rename);
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
  finish: (temporary: string, target: string) => Promise<void>,
): Promise<void> {
  // A link is followed, or the renaming would replace it and leave its file as it was.
  const target = await realpath(path).catch(() => path);
  const temporary = join(dirname(target), `.reverie-${randomUUID()}.tmp`);
  try {
    if (await isFolder(target)) throw unwritable(path, 'it is a folder; name a file');
    await writeFile(temporary, bytes, { flag: 'wx' });
    await finish(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error instanceof ReverieError ? error : unwritable(path, reasonOf(error, path), error);
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
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
