/** Takes in whatever was dropped: pictures, folders of them, networks with their cards. What is refused costs none of the others. */
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { ReverieError, errorData } from '../../shared/errors.ts';
import type { Imported } from '../../shared/studio/gallery.ts';
import { PICTURE_EXTENSIONS, type Gallery } from './gallery.ts';
import { NETWORK_EXTENSIONS, type Library } from './library.ts';
import type { OfferedFile, Offers } from './offers.ts';

/** How deep a folder is searched: a loop of links ends somewhere. */
const DEEPEST = 16;

export async function importOffers(
  ids: readonly string[],
  { offers, gallery, library }: { offers: Offers; gallery: Gallery; library: Library },
): Promise<Imported[]> {
  const files = ids.map((id) => offers.take(id));
  const given = files.filter((file) => file !== undefined);
  const cards = new Map(given.filter(isCard).map((file) => [stemOf(file.name), file]));
  const imported: Imported[] = [];
  try {
    for (const file of files) {
      if (file === undefined) imported.push(refused('file', stale()));
      else if (isNetwork(file)) imported.push(await takeNetwork(file, cards, library));
      else if (!isCard(file) || !given.some((other) => belongsTo(file, other)))
        imported.push(...(await takePictures(file, gallery)));
    }
  } finally {
    for (const file of given) await offers.discard(file);
  }
  return imported;
}

async function takeNetwork(
  { path, name }: OfferedFile,
  cards: ReadonlyMap<string, OfferedFile>,
  library: Library,
): Promise<Imported> {
  try {
    return { name, kind: 'model', model: await library.add(path, name, cards.get(stemOf(name))?.path) };
  } catch (error) {
    return refused(name, error);
  }
}

async function takePictures({ path, name }: OfferedFile, gallery: Gallery): Promise<Imported[]> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return [await takePicture(path, name, gallery)];
  const imported: Imported[] = [];
  for await (const inside of picturesIn(path))
    imported.push(await takePicture(inside, basename(inside), gallery));
  if (imported.length > 0) return imported;
  return [refused(name, new ReverieError('image/missing', `There are no pictures in the folder "${name}".`))];
}

async function takePicture(path: string, name: string, gallery: Gallery): Promise<Imported> {
  try {
    return { name, kind: 'picture', picture: await gallery.add(path, name) };
  } catch (error) {
    return refused(name, error);
  }
}

/** The files of a folder and those below it that are called like pictures, in the order of their names. */
async function* picturesIn(folder: string, depth = 0): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < DEEPEST) yield* picturesIn(path, depth + 1);
    else if (entry.isFile() && PICTURE_EXTENSIONS.has(extname(entry.name).toLowerCase())) yield path;
  }
}

function refused(name: string, error: unknown): Imported {
  const { code, message } = errorData(error);
  return { name, kind: 'refused', error: { code, message } };
}

function stale(): ReverieError {
  return new ReverieError(
    'image/missing',
    'This file was offered before the program started anew; give it again.',
  );
}

function isNetwork({ name }: OfferedFile): boolean {
  return NETWORK_EXTENSIONS.has(extname(name).toLowerCase());
}

function isCard({ name }: OfferedFile): boolean {
  return extname(name).toLowerCase() === '.json';
}

function belongsTo(card: OfferedFile, other: OfferedFile): boolean {
  return isNetwork(other) && stemOf(other.name) === stemOf(card.name);
}

function stemOf(name: string): string {
  return basename(name, extname(name));
}
