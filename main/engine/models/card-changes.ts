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
  const {
    title,
    short,
    logits,
    output,
    answers,
    labelsName,
    dreamLayers,
    aliases,
    certainty,
    why,
    source,
    licence,
  } = card;
  return {
    ...(title === undefined ? {} : { title }),
    ...(short === undefined ? {} : { short }),
    input: { name, size, ...shape, free, layout, channelOrder, range: [0, 255], mean, std },
    ...(logits === undefined ? {} : { logits }),
    ...(output === undefined ? {} : { output }),
    ...(answers === undefined ? {} : { answers }),
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
 * Names of classes go with the output that they were for.
 *
 * @param classesWith how many the network tells apart with a card, null if it is no classifier
 * @throws ReverieError `usage/option`, `model/no-labels`
 */
export async function changedCard(
  card: Card,
  changes: CardChanges,
  classesWith: (card: Card) => number | null,
): Promise<Card> {
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
  const { output, answers } = changes;
  // How numbers are read was said of the output that they were of.
  const { answers: _answers, ...others } = card;
  const changed: Card = {
    ...(output === null || output === card.output ? card : { ...others, output }),
    ...(answers === null ? {} : { answers }),
    ...(name === null ? {} : { title: name, short: name }),
    preprocessing,
    ...(said ? { certainty: 'stated', guessed: false, why: 'You said how it takes pictures.' } : {}),
  };
  if (changes.labels !== null) return withLabels(changed, changes.labels, () => classesWith(changed));
  return output === null || classesWith(changed) === classesWith(card) ? changed : withoutLabels(changed);
}

function withoutLabels(card: Card): Card {
  const { labels: _labels, ...rest } = card;
  return { ...rest, labelsName: null };
}

async function withLabels(card: Card, labels: string, count: () => number | null): Promise<Card> {
  if (labels === 'none') return withoutLabels(card);
  const list = isShippedList(labels)
    ? await loadLabels(labels, '')
    : await loadLabels(basename(labels), dirname(labels));
  const classes = count();
  // One sigmoid tells two things apart.
  if (classes !== null && list.length > Math.max(classes, 2)) {
    throw new ReverieError(
      'model/no-labels',
      `The list "${labels}" has ${list.length} names, and the network tells ${classes} classes apart.`,
    );
  }
  return { ...card, labels: list, labelsName: isShippedList(labels) ? labels : basename(labels) };
}
