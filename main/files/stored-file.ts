/** Files of the state folder that hold the number of their format: what another version wrote, or a damaged file, is never lost. */
import { copyFile, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorData } from '../../shared/errors.ts';
import { isRecord } from '../../shared/schema.ts';
import { upgraded, type Entries, type StoredFormat } from '../../shared/stored.ts';
import { readJson } from './json-file.ts';

export interface StoredFile {
  /** In the present format; `undefined` where there is no file, or none that can be used. */
  readonly entries: Entries | undefined;
  /** Why it cannot be used, a sentence, and where its contents have been kept before another file takes its place. */
  readonly refused: { readonly why: string; readonly kept: string | null } | null;
}

/** Never rejects: no file of the state may keep the program from starting. */
export async function readStored(path: string, format: StoredFormat): Promise<StoredFile> {
  try {
    const stored = await readJson(path);
    if (stored === undefined) return { entries: undefined, refused: null };
    if (!isRecord(stored)) throw new Error(`${format.name} holds none.`);
    return { entries: upgraded(format, stored, (sentence) => new Error(sentence)), refused: null };
  } catch (error) {
    const beside = `${path}.unreadable`;
    const kept = await copyFile(path, beside).then(
      () => beside,
      () => null,
    );
    return { entries: undefined, refused: { why: errorData(error).message, kept } };
  }
}

/** Files that are being written are younger, whoever writes them. */
const ABANDONED_MS = 3_600_000;

/**
 * Removes the temporary files that a writer left when it was killed, in a folder and all below it.
 * @returns how many there were
 */
export async function sweepTemporaries(folder: string, olderThanMs = ABANDONED_MS): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  let swept = 0;
  for (const name of names) {
    if (!/(?:^|[\\/])\.reverie-[^\\/]*\.tmp$/.test(name)) continue;
    const path = join(folder, name);
    const state = await stat(path).catch(() => undefined);
    if (state?.isFile() !== true || Date.now() - state.mtimeMs < olderThanMs) continue;
    await rm(path, { force: true });
    swept++;
  }
  return swept;
}
