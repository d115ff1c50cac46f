/** Networks from files: read by their format, with their card, or recognised where they have none. */
import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { readText } from '../../files/text-file.ts';
import { ReverieError } from '../../../shared/errors.ts';
import { readNetwork, type ReadNetwork } from '../formats/network.ts';
import { aliasesOf } from './aliases.ts';
import { requireSinglePictures } from './batch.ts';
import type { Card } from './card.ts';
import { readCard } from './card-file.ts';
import { Model, pictureInput } from './model.ts';
import { recognise } from './recognise.ts';
import { sha256 } from '../../files/sha256.ts';

export interface LoadedFile {
  readonly network: ReadNetwork;
  readonly sha256: string;
}

/** Path of the text that describes a Caffe network. */
export function prototxtPath(modelPath: string): string {
  return `${modelPath.slice(0, modelPath.length - extname(modelPath).length)}.prototxt`;
}

/** A file name without its extension. */
export function stemOf(path: string): string {
  return basename(path, extname(path));
}

/**
 * Reads a network's file, and the prototxt beside it.
 *
 * @throws ReverieError `model/missing`, `model/unreadable` or `model/unsupported`, naming the file
 */
export async function readNetworkFile(path: string): Promise<LoadedFile> {
  const bytes = await readFile(path).catch((error: unknown) => {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const why = missing ? 'does not exist' : 'cannot be read';
    throw new ReverieError(
      missing ? 'model/missing' : 'model/unreadable',
      `The network file "${path}" ${why}.`,
    );
  });
  const prototxt = await readText(prototxtPath(path)).catch(() => undefined);
  const file = { path, bytes, ...(prototxt === undefined ? {} : { prototxt }) };
  const network = inFile(path, () => readNetwork(file));
  return { network, sha256: sha256(bytes) };
}

/**
 * Reads a network and its card.
 *
 * @throws ReverieError `model/missing`, `model/unreadable` or `model/unsupported`
 */
export async function loadModel(path: string): Promise<Model> {
  const { network, sha256 } = await readNetworkFile(path);
  const name = stemOf(path);
  const card = (await readCard(path)) ?? (await cardFor(network, name));
  const model = new Model(name, sha256, network.graph, card, network.format);
  requireSinglePictures(model, network.batch);
  return model;
}

/** What is made of a network without a card. */
async function cardFor(network: ReadNetwork, name: string): Promise<Card> {
  const { card } = await recognise(network, pictureInput(network.graph, name));
  const model = new Model(name, '', network.graph, card, network.format);
  requireSinglePictures(model, network.batch);
  return withAliases(model);
}

/** The card of a network with the aliases of its layers. */
function withAliases(model: Model): Card {
  return { ...model.card, aliases: aliasesOf(model.layers()) };
}

/** Names the file in what its reader complains about. */
function inFile<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ReverieError)) throw error;
    throw new ReverieError(error.code, `"${path}" cannot be used: ${error.message}`, error.details, {
      cause: error,
    });
  }
}
