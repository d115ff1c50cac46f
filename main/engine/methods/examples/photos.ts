/** The photos of a set: files as they are named, and everything that could be a picture in folders. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ReverieError } from '../../../../shared/errors.ts';
import { isListedPicture } from '../../../../shared/picture-formats.ts';

/**
 * Absolute paths, each once, folders in the order of their names. A file that is named itself is tried whatever it is called.
 * @throws ReverieError `image/missing` for a path where nothing lies, and for a set without a picture
 */
export async function listPhotos(paths: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const path of paths.map((each) => resolve(each))) {
    const what = await stat(path).catch((cause: unknown) => {
      throw new ReverieError('image/missing', `There is nothing at "${path}".`, {}, { cause });
    });
    for (const photo of what.isDirectory() ? await inside(path) : [path]) found.add(photo);
  }
  if (found.size === 0) {
    const where = paths.map((path) => `"${path}"`).join(', ');
    throw new ReverieError('image/missing', `There is no picture in ${where}.`);
  }
  return [...found];
}

async function inside(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && isListedPicture(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
