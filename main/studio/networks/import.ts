/** Takes in whatever was dropped: pictures, folders of them, networks with what belongs to them. What is refused costs none of the others. */
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { GivenFile } from '../../../shared/contract/models.ts';
import { ReverieError, plainError } from '../../../shared/errors.ts';
import { isNetworkName, isStrangeName } from '../../../shared/networks.ts';
import { isPictureName } from '../../../shared/picture-formats.ts';
import type { Imported } from '../../../shared/studio/gallery.ts';
import { log } from '../../log/log.ts';
import type { Gallery } from '../gallery/gallery.ts';
import type { Library } from './library.ts';
import { staleOffer, type OfferedFile, type Offers } from '../gallery/offers.ts';

/** How deep a folder is searched: a loop of links ends somewhere. */
const DEEPEST = 16;

export async function importOffers(
  ids: readonly string[],
  { offers, gallery, library }: { offers: Offers; gallery: Gallery; library: Library },
): Promise<Imported[]> {
  const files = ids.map((id) => offers.take(id));
  const given = files.filter((file) => file !== undefined);
  const companions = companionsOf(given);
  const accompany = new Set([...companions.values()].flat());
  const imported: Imported[] = [];
  try {
    for (const file of files) {
      if (file === undefined) imported.push(refused('file', staleOffer()));
      else if (accompany.has(file)) continue;
      else if (isNetworkName(file.name) || isStrangeName(file.name))
        imported.push(await takeNetwork(file, companions.get(file) ?? [], library));
      else imported.push(...(await takePictures(file, gallery)));
    }
  } finally {
    for (const file of given) await offers.discard(file);
  }
  return imported;
}

/**
 * Which files belong to which network: beside a single one everything that is no picture, its description, weights and names of
 * classes, whatever they are called; beside several only what has the name of one.
 */
function companionsOf(given: readonly OfferedFile[]): Map<OfferedFile, OfferedFile[]> {
  const networks = given.filter(({ name }) => isNetworkName(name));
  const others = given.filter((file) => !networks.includes(file) && !isPicture(file));
  const [only, ...more] = networks;
  if (only === undefined) return new Map();
  const belongs = (network: OfferedFile) => (other: OfferedFile) =>
    stemOf(other.name) === stemOf(network.name);
  // A JSON file that is neither its card nor a list of names is for something else.
  const foreign = ({ name }: OfferedFile): boolean =>
    /\.json$/i.test(name) && !/label|synset|class/i.test(name);
  if (more.length === 0)
    return new Map([[only, others.filter((other) => belongs(only)(other) || !foreign(other))]]);
  return new Map(networks.map((network) => [network, others.filter(belongs(network))]));
}

async function takeNetwork(
  file: OfferedFile,
  companions: readonly OfferedFile[],
  library: Library,
): Promise<Imported> {
  const plain = ({ path, name }: OfferedFile): GivenFile => ({ path, name });
  try {
    const { model, recognised } = await library.add(plain(file), companions.map(plain));
    return { name: file.name, kind: 'model', model, recognised };
  } catch (error) {
    return refused(file.name, error);
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
    else if (entry.isFile() && isPictureName(entry.name)) yield path;
  }
}

function refused(name: string, error: unknown): Imported {
  log.failure('import', `"${name}" was refused`, error);
  return { name, kind: 'refused', error: plainError(error) };
}

function isPicture({ name }: OfferedFile): boolean {
  // A folder, too, is one of pictures.
  return isPictureName(name) || extname(name) === '';
}

function stemOf(name: string): string {
  return basename(name, extname(name));
}
