/** The card of a downloaded network: the JSON file beside it, which says what its own file does not. */
import type { CatalogueNetwork } from './network.ts';

export function cardOf(network: CatalogueNetwork): string {
  const { title, short, input, inputStated, logits, labels, licence, addresses } = network;
  const card = {
    title,
    short,
    input,
    certainty: inputStated ? 'stated' : 'unsure',
    why: inputStated
      ? 'Its publisher states how it takes pictures.'
      : 'Its publisher does not state how it takes pictures; this is usual for networks of its kind.',
    ...(logits === null ? {} : { logits }),
    labels,
    licence: licence.name,
    source: addresses[0],
  };
  return `${JSON.stringify(card, undefined, 2)}\n`;
}
