/** The card of a downloaded network: the JSON file beside it, which says what its own file does not. */
import type { CatalogueNetwork } from './network.ts';

export function cardOf(network: CatalogueNetwork): string {
  const { title, short, input, labels, licence, addresses } = network;
  const card = { title, short, input, labels, licence: licence.name, source: addresses[0] };
  return `${JSON.stringify(card, undefined, 2)}\n`;
}
