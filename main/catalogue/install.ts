/** Puts a verified download among the networks, once the engine has been able to read it. */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineApi } from '../../shared/contract.ts';
import { ReverieError } from '../../shared/errors.ts';
import { cardOf, changesOf } from './card.ts';
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
  const part = partPath(models, network);
  const waiting = join(models, `.${randomUUID()}`);
  await mkdir(waiting);
  try {
    if (network.contents === null) await move(part, `${network.id}.${network.format}`, `${network.id}.json`);
    else await unpack();
  } finally {
    await rm(waiting, { recursive: true, force: true });
  }

  /** The file is the network. */
  async function move(from: string, file: string, card: string): Promise<void> {
    const inside = join(waiting, file);
    await writeFile(join(waiting, card), cardOf(network));
    await rename(from, inside);
    try {
      await engine.inspectModel({ model: inside, size: null });
      // The card first: a network without it would be preprocessed by a guess.
      await rename(join(waiting, card), join(models, card));
      await rename(inside, join(models, file));
    } catch (error) {
      await rename(inside, from).catch(() => undefined);
      throw error;
    }
  }

  /** The file is a zip that holds the network. */
  async function unpack(): Promise<void> {
    await engine.importModel({
      file: { path: part, name: `${network.id}.zip` },
      companions: [],
      changes: changesOf(network),
    });
    await rm(part);
  }
}
