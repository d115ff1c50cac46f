/** The pictures of a set: files as they are named, and everything that could be a picture in folders. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { ReverieError } from '../../../../shared/errors.ts';
import { isListedPicture } from '../../../../shared/picture-formats.ts';

export interface ListedPicture {
  /** Where it lies in the set, with `/` on every system: the same on every machine, and no other picture's. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/**
 * Each picture once, folders with all that lies in them, in the order of the names there. A file that is named itself is tried
 * whatever it is called. Of several folders, names begin with the folder's own.
 *
 * @param except a folder whose pictures do not count, such as that of the results
 * @throws ReverieError `image/missing` for a path where nothing lies, and for a set without a picture
 */
export async function listPictures(
  paths: readonly string[],
  except: string | null = null,
): Promise<ListedPicture[]> {
  const found = new Map<string, string>();
  const names = new Set<string>();
  for (const path of paths.map((each) => resolve(each))) {
    const what = await stat(path).catch((cause: unknown) => {
      throw new ReverieError('image/missing', `There is nothing at "${path}".`, {}, { cause });
    });
    // Somebody who writes into the folder of the pictures means all of them.
    const other = except === null || `${path}${sep}`.startsWith(`${resolve(except)}${sep}`) ? null : except;
    const inside = what.isDirectory() ? await picturesIn(path, other) : [''];
    for (const name of inside) {
      const picture = join(path, name);
      if (found.has(picture)) continue;
      const own = name === '' ? basename(path) : paths.length === 1 ? name : `${basename(path)}/${name}`;
      found.set(picture, unlike(names, own));
    }
  }
  if (found.size === 0) {
    const where = paths.map((path) => `"${path}"`).join(', ');
    throw new ReverieError('image/missing', `There is no picture in ${where}.`);
  }
  return [...found].map(([path, name]) => ({ name, path }));
}

/** A name that is not taken: two folders of the same name may hold the same. */
function unlike(names: Set<string>, name: string): string {
  let free = name;
  for (let n = 2; names.has(free); n++) free = name.replace(/(\.[^./]*)?$/, ` (${n})$1`);
  names.add(free);
  return free;
}

/** Names relative to the folder. A link is what it leads to, unless that is a folder: those may lead in circles. */
async function picturesIn(folder: string, except: string | null): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const names: string[] = [];
  for (const entry of entries) {
    if (!isListedPicture(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    if (except !== null && path.startsWith(resolve(except) + sep)) continue;
    const isFile =
      entry.isFile() || (entry.isSymbolicLink() && (await stat(path).catch(() => null))?.isFile() === true);
    if (isFile) names.push(relative(folder, path).replaceAll(sep, '/'));
  }
  return names.sort();
}
