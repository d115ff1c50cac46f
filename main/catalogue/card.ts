/** What a downloaded network's own file does not say: for the JSON file beside it, and for the import of an archive. */
import type { CardChanges } from '../../shared/contract/network-card.ts';
import type { CatalogueNetwork } from './network.ts';

/** The contents of its card. */
export function cardOf(network: CatalogueNetwork): string {
  const { title, short, input, inputStated, labels, licence, addresses } = network;
  const card = {
    title,
    short,
    input,
    certainty: inputStated ? 'stated' : 'unsure',
    why: inputStated
      ? 'Its publisher states how it takes pictures.'
      : 'Its publisher does not state how it takes pictures; this is usual for networks of its kind.',
    labels,
    licence: licence.name,
    source: addresses[0],
  };
  return `${JSON.stringify(card, undefined, 2)}\n`;
}

/** The same for `importModel`, which finds the names of the classes in the archive itself. */
export function changesOf({ short, input }: CatalogueNetwork): CardChanges {
  const { size, layout, channelOrder, mean, std } = input;
  return {
    name: short,
    size,
    layout,
    channelOrder,
    mean,
    scale: std.map((value) => 1 / value),
    labels: null,
  };
}
