/** Files as recipes name them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { FileIdentity } from '../../../../shared/recipes/recipe-form.ts';

/** The name of a file without its folder, and the hash of its contents. */
export async function identify(path: string): Promise<FileIdentity> {
  const bytes = await readFile(path);
  return { name: basename(path), sha256: createHash('sha256').update(bytes).digest('hex') };
}
