/** Cards as they are written, and what a person says instead of what was guessed. */
import { dirname, basename } from 'node:path';
import { shapeOf, type CardChanges } from '../../../shared/contract/network-card.ts';
import { ReverieError } from '../../../shared/errors.ts';
import { pictureShape, shapeFacts, type Card, type Preprocessing } from './card.ts';
import type { CardFile } from './card-file.ts';
import { isShippedList, loadLabels } from './labels.ts';

/** What else a card tells of the input. */
interface InputFacts {
  readonly name: string;
  readonly free: boolean;
}

/** The contents of a card's file, without what only the file itself knows. */
export function cardFileOf(card: Card, { name, free }: InputFacts): CardFile {
  const { layout, channelOrder, mean, std, size, shape } = card.preprocessing;
  const { title, short, logits, labelsName, dreamLayers, aliases, certainty, why, source, licence } = card;
  return {
    ...(title === undefined ? {} : { title }),
    ...(short === undefined ? {} : { short }),
    input: { name, size, ...shape, free, layout, channelOrder, range: [0, 255], mean, std },
    ...(logits === undefined ? {} : { logits }),
    labels: labelsName,
    dreamLayers,
    aliases,
    certainty,
    why,
    source,
    licence,
  };
}

/**
 * The card with what a person says instead. A new order of the channels takes their means and scales along.
 *
 * @param classes how many the network tells apart, null if it is no classifier
 * @throws ReverieError `usage/option`, `model/no-labels`
 */
export async function changedCard(card: Card, changes: CardChanges, classes: number | null): Promise<Card> {
  const { name, size, layout, channelOrder, mean, scale } = changes;
  const said = [size, layout, channelOrder, mean, scale].some((value) => value !== null);
  const before = card.preprocessing;
  const turned = channelOrder !== null && channelOrder !== before.channelOrder;
  const carried = (list: readonly number[]): readonly number[] => (turned ? list.toReversed() : list);
  const preprocessing: Preprocessing = {
    layout: layout ?? before.layout,
    channelOrder: channelOrder ?? before.channelOrder,
    mean: mean ?? carried(before.mean),
    std: scale?.map((value) => 1 / value) ?? carried(before.std),
    ...(size === null ? shapeFacts(pictureShape(before)) : shapeFacts(shapeOf(size))),
  };
  for (const [key, list] of [['mean', mean] as const, ['scale', scale] as const]) {
    if (list !== null && list.length !== 1 && list.length !== 3 && list.length !== before.mean.length) {
      throw new ReverieError(
        'usage/option',
        `--${key} must be one number or one for each channel, not ${list.length}.`,
      );
    }
  }
  const changed: Card = {
    ...card,
    ...(name === null ? {} : { title: name, short: name }),
    preprocessing,
    ...(said ? { certainty: 'stated', guessed: false, why: 'You said how it takes pictures.' } : {}),
  };
  return changes.labels === null ? changed : withLabels(changed, changes.labels, classes);
}

async function withLabels(card: Card, labels: string, classes: number | null): Promise<Card> {
  const { labels: _before, ...rest } = card;
  if (labels === 'none') return { ...rest, labelsName: null };
  const list = isShippedList(labels)
    ? await loadLabels(labels, '')
    : await loadLabels(basename(labels), dirname(labels));
  if (classes !== null && list.length > classes) {
    throw new ReverieError(
      'model/no-labels',
      `The list "${labels}" has ${list.length} names, and the network tells ${classes} classes apart.`,
    );
  }
  return { ...rest, labels: list, labelsName: isShippedList(labels) ? labels : basename(labels) };
}
