/**
 * The catalogue of networks: what can be downloaded, from where, and the hash without which nothing is installed. The list
 * is models/catalogue.json, part of the program; it is checked when it is read, so that the rest can rely on it.
 */
import list from '../../models/catalogue.json' with { type: 'json' };
import { ReverieError } from '../../shared/errors.ts';
import { didYouMean } from '../../shared/nearest.ts';
import { parseNetwork, type CatalogueNetwork } from './network.ts';

let read: readonly CatalogueNetwork[] | undefined;

/** Every network of the catalogue, best known first. */
export function catalogue(): readonly CatalogueNetwork[] {
  return (read ??= parseCatalogue(list));
}

/** @throws ReverieError model/missing, suggesting what is alike */
export function networkCalled(id: string, networks = catalogue()): CatalogueNetwork {
  const found = networks.find((network) => network.id === id);
  if (found !== undefined) return found;
  const ids = networks.map((network) => network.id);
  throw new ReverieError(
    'model/missing',
    `The catalogue has no network "${id}".${didYouMean(id, ids)} It has ${ids.join(', ')}.`,
  );
}

/** @throws Error for a list that is not a catalogue: a mistake of whoever edited it */
export function parseCatalogue(value: unknown): CatalogueNetwork[] {
  if (!Array.isArray(value)) throw new Error('The catalogue must be a list.');
  const networks = value.map((entry: unknown) => parseNetwork(entry));
  for (const key of ['id', 'sha256'] as const) {
    const seen = new Set<string>();
    for (const network of networks) {
      if (seen.has(network[key]))
        throw new Error(`Two networks of the catalogue have the ${key} "${network[key]}".`);
      seen.add(network[key]);
    }
  }
  return networks;
}
