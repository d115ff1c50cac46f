/** The installed networks: those in the user's models folder, and the one that comes with Reverie. */
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, resolve, sep } from 'node:path';
import type { ModelSummary, NetworkFormat } from '../../../../shared/contract/models.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import { didYouMean } from '../../../../shared/nearest.ts';
import { log } from '../../../log/log.ts';
import { reverieHome } from '../../../files/home.ts';
import { formatOfName, NETWORK_EXTENSIONS } from '../../formats/network.ts';
import type { Card } from '../card.ts';
import { cardPath, readCard } from '../card-file.ts';
import { modelsFolder } from '../folder.ts';

/** The id of the network that is used when none is named. */
export const DEFAULT_MODEL = 'dreamnet';

/** What a menu has room for, in characters. */
const SHORT = 24;

interface InstalledFile {
  readonly id: string;
  readonly path: string;
  readonly title: string;
  readonly short: string;
  readonly format: NetworkFormat;
  readonly bytes: number;
  readonly shipped: boolean;
}

/** A name for menus: the card's, else a title that is short enough, else the name of the file. */
export function shortName(card: Pick<Card, 'short' | 'title'> | undefined, id: string): string {
  const title = card?.title;
  return card?.short ?? (title !== undefined && title.length <= SHORT ? title : id);
}

/** Where the user's networks are. */
export function userModels(home = reverieHome()): string {
  return join(home, 'models');
}

const isNetwork = (name: string): boolean =>
  !name.startsWith('.') && NETWORK_EXTENSIONS.includes(extname(name).toLowerCase());

/** The networks in a folder: files, and folders that hold a network of their own name with its weights beside it. */
async function networksIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith('.')) {
      const inside = (await readdir(path)).filter(isNetwork);
      const own = inside.find((name) => basename(name, extname(name)) === entry.name);
      if (own !== undefined) found.push(join(path, own));
    } else if (isNetwork(entry.name)) found.push(path);
  }
  return found;
}

/** Installed networks by id, shipped ones first; a user's network may not take a shipped one's id. */
export async function installedModels(home = reverieHome()): Promise<InstalledFile[]> {
  const found = new Map<string, InstalledFile>();
  const shippedFolder = modelsFolder();
  for (const folder of [shippedFolder, userModels(home)]) {
    for (const path of await networksIn(folder)) {
      const id = basename(path, extname(path));
      if (found.has(id)) continue;
      const card = await readCard(path).catch((error: unknown) =>
        log.swallowed('network', `The card of "${id}" is not used`, error),
      );
      const { size: bytes } = await stat(path);
      found.set(id, {
        ...{ id, path, bytes },
        title: card?.title ?? id,
        short: shortName(card, id),
        format: formatOfName(path),
        shipped: folder === shippedFolder,
      });
    }
  }
  return [...found.values()];
}

/** An installed network as the contract tells of it. */
export function summaryOf({ id, title, short, format, bytes, shipped }: InstalledFile): ModelSummary {
  return { id, title, short, format, bytes, default: id === DEFAULT_MODEL, shipped };
}

/**
 * A network that the user may change or remove.
 *
 * @throws ReverieError `model/missing`, `model/shipped`
 */
export async function ownModel(id: string, home = reverieHome()): Promise<InstalledFile> {
  const installed = await installedModels(home);
  const model = installed.find((candidate) => candidate.id === id);
  if (model === undefined) throw missing(id, installed);
  if (!model.shipped) return model;
  throw new ReverieError('model/shipped', `"${id}" came with Reverie and stays as it is.`);
}

/**
 * The files that make a network of the user's, or the folder: nothing else is in it.
 *
 * @throws ReverieError `model/missing`, `model/shipped`
 */
export async function filesOf(id: string, home = reverieHome()): Promise<string[]> {
  const { path } = await ownModel(id, home);
  const folder = userModels(home);
  if (!existsSync(join(folder, basename(path)))) return [join(folder, id)];
  const names = await readdir(folder);
  const belongs = new Set([basename(path), basename(cardPath(path)), `${id}.prototxt`]);
  const labels = names.filter((name) => name.startsWith(`${id}.labels.`));
  return [...names.filter((name) => belongs.has(name)), ...labels].map((name) => join(folder, name));
}

/**
 * Path of the network that somebody named: an installed id, or the path of a file.
 *
 * @param wanted null for the default network
 * @throws ReverieError `model/missing`, suggesting installed networks
 */
export async function locateModel(wanted: string | null, home = reverieHome()): Promise<string> {
  const id = wanted ?? DEFAULT_MODEL;
  const installed = await installedModels(home);
  const known = installed.find((model) => model.id === id);
  if (known !== undefined) return known.path;
  const asPath = wanted !== null && (wanted.includes('/') || wanted.includes(sep) || extname(wanted) !== '');
  if (!asPath) throw missing(id, installed);
  if (existsSync(resolve(wanted))) return resolve(wanted);
  throw new ReverieError('model/missing', `There is no network file "${wanted}".`);
}

function missing(id: string, installed: readonly InstalledFile[]): ReverieError {
  const ids = installed.map((model) => model.id);
  const have = ids.length === 0 ? 'No network is installed.' : `Installed are: ${ids.join(', ')}.`;
  return new ReverieError('model/missing', `No network is called "${id}".${didYouMean(id, ids)} ${have}`);
}
