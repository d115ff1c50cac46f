/** Cards as files: the JSON beside a network, `net.json` for `net.onnx`. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Certainty } from '../../../shared/contract/models.ts';
import { ReverieError } from '../../../shared/errors.ts';
import type { WeightedLayer } from '../../../shared/recipes/fields.ts';
import { isRecord } from '../../../shared/schema.ts';
import { writeAtomically } from '../../files/whole-file.ts';
import type { Card, Preprocessing } from './card.ts';
import { loadLabels } from './labels.ts';

/** A card as its file holds it; what Reverie does not know is kept when it is changed. */
export type CardFile = Readonly<Record<string, unknown>>;

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((v) => typeof v === 'number' && Number.isFinite(v));
const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((v) => typeof v === 'string');
const isLayers = (value: unknown): value is WeightedLayer[] =>
  Array.isArray(value) &&
  value.every((v) => isRecord(v) && typeof v['layer'] === 'string' && typeof v['weight'] === 'number');
const isAliases = (value: unknown): value is Record<string, string> =>
  isRecord(value) && Object.values(value).every((v) => typeof v === 'string');
const textOr = <T>(value: unknown, otherwise: T): string | T =>
  typeof value === 'string' ? value : otherwise;

const CERTAINTIES: readonly Certainty[] = ['stated', 'known', 'likely', 'unsure'];

/** Path of the card of a network. */
export function cardPath(modelPath: string): string {
  return `${modelPath.replace(/\.[^./\\]+$/, '')}.json`;
}

type Refuse = (what: string) => never;

const refuserOf =
  (path: string): Refuse =>
  (what) => {
    throw new ReverieError('model/unreadable', `The model card "${path}" is not usable: ${what}.`);
  };

/**
 * The contents of a card; nothing where there is no such file.
 *
 * @throws ReverieError `model/unreadable` for a file that is no JSON object
 */
export async function readCardFile(path: string): Promise<CardFile | undefined> {
  const source = await readFile(path, 'utf8').catch(() => undefined);
  if (source === undefined) return undefined;
  const card = parseJson(source, refuserOf(path));
  return isRecord(card) ? card : refuserOf(path)('it must be a JSON object');
}

/** Writes a card so that nobody ever reads half of one. */
export async function writeCardFile(path: string, card: CardFile): Promise<void> {
  await writeAtomically(path, `${JSON.stringify(card, null, 2)}\n`);
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
  const refuse = refuserOf(path);
  const { title, short, input, logits, labels, dreamLayers = [], aliases = {}, certainty, why } = file;
  if (!isRecord(input)) return refuse('it lacks "input"');
  if (!isLayers(dreamLayers)) return refuse('dreamLayers must be a list of {"layer", "weight"}');
  if (!isAliases(aliases)) return refuse('aliases must be an object of names');
  const sure = CERTAINTIES.find((known) => known === certainty) ?? 'stated';
  return {
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof short === 'string' ? { short } : {}),
    preprocessing: readPreprocessing(input, refuse),
    certainty: sure,
    why: textOr(why, 'Its card says how it takes pictures.'),
    guessed: sure === 'unsure',
    ...(typeof logits === 'string' ? { logits } : {}),
    ...(typeof labels === 'string' ? { labels: await loadLabels(labels, dirname(path)) } : {}),
    ...(isStrings(labels) ? { labels } : {}),
    labelsName: isStrings(labels) ? 'its card' : textOr(labels, null),
    dreamLayers,
    aliases,
    ...(typeof file['teacher'] === 'string' ? { teacher: file['teacher'] } : {}),
    source: sourceOf(file['source']),
    licence: textOr(file['licence'], null),
  };
}

/** A source may be an address, or a description with one. */
function sourceOf(source: unknown): string | null {
  if (typeof source === 'string') return source;
  if (!isRecord(source)) return null;
  return textOr(source['address'], textOr(source['repository'], textOr(source['origin'], null)));
}

function readPreprocessing(input: CardFile, refuse: Refuse): Preprocessing {
  const { layout = 'NCHW', channelOrder = 'RGB', range = [0, 255], size = 224 } = input;
  if (layout !== 'NCHW' && layout !== 'NHWC') return refuse('input.layout must be "NCHW" or "NHWC"');
  if (channelOrder !== 'RGB' && channelOrder !== 'BGR')
    return refuse('input.channelOrder must be "RGB" or "BGR"');
  const { mean, std = reciprocals(input['scale']) } = input;
  if (!isNumbers(mean) || !isNumbers(std)) return refuse('input.mean and input.std must be lists of numbers');
  if (std.some((s) => s <= 0)) return refuse('input.std must be above 0');
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1)
    return refuse('input.size must be a whole number');
  const white = isNumbers(range) && range[0] === 0 ? range[1] : undefined;
  if (white !== 1 && white !== 255) return refuse('input.range must be [0, 255] or [0, 1]');
  const factor = 255 / white;
  return {
    layout,
    channelOrder,
    mean: mean.map((value) => value * factor),
    std: std.map((value) => value * factor),
    size,
  };
}

function reciprocals(scale: unknown): number[] | undefined {
  return isNumbers(scale) ? scale.map((value) => 1 / value) : undefined;
}

function parseJson(source: string, refuse: Refuse): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return refuse('it is not valid JSON');
  }
}
