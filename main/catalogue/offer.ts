/** A network of the catalogue as windows and the terminal show it. */
import type { CatalogueEntry } from '../../shared/studio/catalogue.ts';
import type { CatalogueNetwork } from './network.ts';

export function offerOf(network: CatalogueNetwork, installed: boolean): CatalogueEntry {
  const { id, title, short, knownFor, format, bytes, bytesAbout, sha256, licence, source, inputStated } =
    network;
  return {
    id,
    title,
    short,
    knownFor,
    format,
    bytes: bytesAbout,
    exact: bytes !== null,
    sha256,
    licence,
    source,
    hosts: [...new Set(network.addresses.map((address) => new URL(address).hostname))],
    inputStated,
    installed,
  };
}
