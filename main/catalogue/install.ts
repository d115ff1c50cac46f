/** Puts a verified download among the networks, once the engine has been able to read it. */
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { extname, join, parse } from 'node:path';
import type { EngineApi } from '../../shared/contract.ts';
import { NO_CHANGES } from '../../shared/contract/network-card.ts';
import { ReverieError } from '../../shared/errors.ts';
import { moveFile } from '../files/whole-file.ts';
import { cardOf } from './card.ts';
import type { CatalogueNetwork } from './network.ts';
import { partPath } from './part.ts';

export interface InstallOptions {
  /** Folder of the user's networks: where the engine looks for them. */
  readonly models: string;
  readonly engine: Pick<EngineApi, 'listModels' | 'inspectModel' | 'importModel'>;
}

/**
 * Whether a network is installed already.
 * @throws ReverieError download/failed when another one has its id
 */
export async function isInstalled(
  network: CatalogueNetwork,
  engine: Pick<EngineApi, 'listModels' | 'inspectModel'>,
): Promise<boolean> {
  const { models } = await engine.listModels();
  // Some file systems do not tell letters apart by their case.
  const namesake = models.find(({ id }) => id.toLowerCase() === network.id);
  if (namesake === undefined) return false;
  const { sha256 } = await engine.inspectModel({ model: namesake.id, size: null });
  if (sha256 === (network.contents?.network ?? network).sha256) return true;
  throw new ReverieError(
    'download/failed',
    `Another network is installed as "${namesake.id}"; remove or rename it to download ${network.short}.`,
  );
}

/** @throws ReverieError as `inspectModel` and `importModel` do; the download stays, then */
export async function install(network: CatalogueNetwork, { models, engine }: InstallOptions): Promise<void> {
  const waiting = join(models, `.${randomUUID()}`);
  await mkdir(waiting);
  try {
    const card = join(waiting, 'card.json');
    await writeFile(card, cardOf(network));
    const part = partPath(models, network);
    if (network.contents === null) await move(network, { part, card, waiting, models, engine });
    else await unpack(network, network.contents, { part, card, engine });
  } finally {
    await rm(waiting, { recursive: true, force: true });
  }
}

/** The download is the network's own file. */
async function move(
  { id, file: published }: CatalogueNetwork,
  { part, card, waiting, models, engine }: InstallOptions & { part: string; card: string; waiting: string },
): Promise<void> {
  const file = `${id}${extname(published)}`;
  const inside = join(waiting, file);
  const insideCard = join(waiting, `${id}.json`);
  await moveFile(card, insideCard);
  await moveFile(part, inside);
  try {
    await engine.inspectModel({ model: inside, size: null });
    // The card first: a network without it would be preprocessed by a guess.
    await moveFile(insideCard, join(models, `${id}.json`));
    await moveFile(inside, join(models, file));
  } catch (error) {
    await moveFile(inside, part).catch(() => undefined);
    throw error;
  }
}

/** The download is a zip that holds the network, and perhaps the names of its classes. */
async function unpack(
  { id }: CatalogueNetwork,
  { network }: NonNullable<CatalogueNetwork['contents']>,
  { part, card, engine }: Pick<InstallOptions, 'engine'> & { part: string; card: string },
): Promise<void> {
  await engine.importModel({
    file: { path: part, name: `${id}.zip` },
    // A card is called like its network.
    companions: [{ path: card, name: `${parse(network.file).name}.json` }],
    changes: { ...NO_CHANGES, name: id },
  });
  await rm(part);
}
