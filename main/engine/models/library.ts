/** The installed networks: those in the user's models folder, and the one that comes with Reverie. */
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, resolve, sep } from 'node:path';
import { ReverieError } from '../../../shared/errors.ts';
import { didYouMean } from '../../../shared/nearest.ts';
import { reverieHome } from '../../home/home.ts';
import { readCard } from './card.ts';
import { modelsFolder } from './folder.ts';

/** The id of the network that is used when none is named. */
export const DEFAULT_MODEL = 'dreamnet';

/** File names that are networks, by extension. */
const EXTENSIONS = new Set(['.onnx']);

export interface InstalledFile {
  readonly id: string;
  readonly path: string;
  readonly title: string;
  readonly bytes: number;
}

/** Installed networks by id, shipped ones first; a user's network may not take a shipped one's id. */
export async function installedModels(home = reverieHome()): Promise<InstalledFile[]> {
  const found = new Map<string, InstalledFile>();
  for (const folder of [modelsFolder(), join(home, 'models')]) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((file) => EXTENSIONS.has(extname(file).toLowerCase())).sort()) {
      const path = join(folder, name);
      const id = basename(name, extname(name));
      if (found.has(id)) continue;
      const title = await readCard(path).then(
        (card) => card.title ?? id,
        () => id,
      );
      found.set(id, { id, path, title, bytes: (await stat(path)).size });
    }
  }
  return [...found.values()];
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
  if (asPath && existsSync(resolve(wanted))) return resolve(wanted);
  const ids = installed.map((model) => model.id);
  const have = ids.length === 0 ? 'No network is installed.' : `Installed are: ${ids.join(', ')}.`;
  const hint = didYouMean(id, ids);
  throw new ReverieError(
    'model/missing',
    asPath ? `There is no network file "${wanted}".` : `No network is called "${id}".${hint} ${have}`,
  );
}
