/** Cards as files: the JSON beside a network, `net.json` for `net.onnx`. People write them, too, with what else they like in them. */
import { dirname } from 'node:path';
import * as v from 'valibot';
import { answerKinds } from '../../../shared/contract/network-card.ts';
import { readText } from '../../files/text-file.ts';
import { ReverieError } from '../../../shared/errors.ts';
import { isRecord, number, object, oneOf, read, whole } from '../../../shared/schema.ts';
import { upgraded, type Entries, type StoredFormat } from '../../../shared/stored.ts';
import { writeAtomically } from '../../files/whole-file.ts';
import { shapeFacts, type Card, type Preprocessing } from './card.ts';
import { loadLabels } from './labels.ts';

/** A card as its file holds it; what Reverie does not know is kept when it is changed. */
export type CardFile = Entries;

export const CARD: StoredFormat = { name: 'It', key: 'cardFormat', current: 1, steps: {} };

const NUMBERS = 'must be a list of numbers';
const numbers = v.pipe(v.array(v.pipe(v.number(NUMBERS), v.finite(NUMBERS)), NUMBERS), v.nonEmpty(NUMBERS));
const POSITIVE = 'must be a list of numbers above 0';
const positives = v.pipe(
  numbers,
  v.check((values) => values.every((value) => value > 0), POSITIVE),
);
const RANGE = 'must be [0, 255] or [0, 1]';
/** What is no text is as good as not there. */
const textOrNull = v.fallback(v.nullable(v.string()), null);

const inputSchema = object({
  layout: v.optional(oneOf(['NCHW', 'NHWC']), 'NCHW'),
  channelOrder: v.optional(oneOf(['RGB', 'BGR']), 'RGB'),
  range: v.optional(
    v.union([v.tuple([v.literal(0), v.literal(255)]), v.tuple([v.literal(0), v.literal(1)])], RANGE),
    [0, 255],
  ),
  size: v.optional(whole(1)),
  /** Instead of `size`, or with it, for pictures that are not square. */
  width: v.optional(whole(1)),
  height: v.optional(whole(1)),
  mean: numbers,
  std: v.optional(positives),
  /** Instead of `std`, what is multiplied by. */
  scale: v.optional(positives),
});

const cardSchema = object({
  title: textOrNull,
  short: textOrNull,
  input: inputSchema,
  certainty: v.fallback(v.picklist(['stated', 'known', 'likely', 'unsure']), 'stated'),
  why: v.fallback(v.string(), 'Its card says how it takes pictures.'),
  logits: textOrNull,
  output: textOrNull,
  answers: v.optional(oneOf(answerKinds)),
  labels: v.fallback(v.nullable(v.union([v.string(), v.array(v.string())])), null),
  dreamLayers: v.optional(
    v.array(object({ layer: v.string('must be a name'), weight: number }), 'must be a list of layers'),
    [],
  ),
  aliases: v.optional(v.record(v.string(), v.string('must be a name'), 'must be an object of names'), {}),
  teacher: textOrNull,
  licence: textOrNull,
});

/** Path of the card of a network. */
export function cardPath(modelPath: string): string {
  return `${modelPath.replace(/\.[^./\\]+$/, '')}.json`;
}

const refusal =
  (path: string) =>
  (problem: string): ReverieError =>
    new ReverieError('model/unreadable', `The model card "${path}" is not usable: ${problem}`);

/**
 * The contents of a card in the present format; nothing where there is no such file.
 *
 * @throws ReverieError `model/unreadable` for a file that is no JSON object, or of a later format
 */
export async function readCardFile(path: string): Promise<CardFile | undefined> {
  const source = await readText(path).catch(() => undefined);
  if (source === undefined) return undefined;
  let card: unknown;
  try {
    card = JSON.parse(source);
  } catch {
    throw refusal(path)('it is not valid JSON.');
  }
  if (!isRecord(card)) throw refusal(path)('it must be a JSON object.');
  return upgraded(CARD, card, refusal(path));
}

export async function writeCardFile(path: string, card: CardFile): Promise<void> {
  const file = { [CARD.key]: CARD.current, ...card };
  await writeAtomically(path, `${JSON.stringify(file, null, 2)}\n`);
}

/**
 * The card of a network: the JSON file beside it; nothing where there is none.
 *
 * @throws ReverieError `model/unreadable` for a card that is damaged or contradicts itself
 */
export async function readCard(modelPath: string): Promise<Card | undefined> {
  const path = cardPath(modelPath);
  const file = await readCardFile(path);
  return file === undefined ? undefined : parseCard(file, path);
}

async function parseCard(file: CardFile, path: string): Promise<Card> {
  const refuse = (problem: string): ReverieError => refusal(path)(`${problem}.`);
  const card = read(cardSchema, file, 'it', refuse);
  const { title, short, logits, output, answers, labels, teacher, certainty } = card;
  return {
    ...(title === null ? {} : { title }),
    ...(short === null ? {} : { short }),
    preprocessing: preprocessingOf(card.input, refuse),
    certainty,
    why: card.why,
    guessed: certainty === 'unsure',
    ...(logits === null ? {} : { logits }),
    ...(output === null ? {} : { output }),
    ...(answers === undefined ? {} : { answers }),
    ...(typeof labels === 'string' ? { labels: await loadLabels(labels, dirname(path)) } : {}),
    ...(Array.isArray(labels) ? { labels } : {}),
    labelsName: Array.isArray(labels) ? 'its card' : labels,
    dreamLayers: card.dreamLayers,
    aliases: card.aliases,
    ...(teacher === null ? {} : { teacher }),
    source: sourceOf(file['source']),
    licence: card.licence,
  };
}

/** A source may be an address, or a description with one. */
function sourceOf(source: unknown): string | null {
  const { address, repository, origin } = isRecord(source) ? source : {};
  return [source, address, repository, origin].find((text) => typeof text === 'string') ?? null;
}

function preprocessingOf(
  { layout, channelOrder, range, size, width, height, mean, std, scale }: v.InferOutput<typeof inputSchema>,
  refuse: (problem: string) => Error,
): Preprocessing {
  const deviation = std ?? scale?.map((value) => 1 / value);
  if (deviation === undefined) throw refuse('input.std is missing');
  if ((width === undefined) !== (height === undefined))
    throw refuse('input.width and input.height go together');
  const factor = 255 / range[1];
  const side = size ?? 224;
  return {
    layout,
    channelOrder,
    mean: mean.map((value) => value * factor),
    std: deviation.map((value) => value * factor),
    ...shapeFacts({ width: width ?? side, height: height ?? side }),
  };
}
