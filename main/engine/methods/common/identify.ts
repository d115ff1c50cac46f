/** Files as recipes name them. */
import { basename } from 'node:path';
import type { FileIdentity } from '../../../../shared/recipes/recipe-form.ts';
import { sha256OfFiles } from '../../../files/sha256.ts';

/** The name of a file without its folder, and the hash of its contents. */
export const identify = async (path: string): Promise<FileIdentity> => ({
  name: basename(path),
  sha256: await sha256OfFiles(path),
});
