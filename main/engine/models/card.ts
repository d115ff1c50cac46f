/** What a network file does not say about itself: how pictures become its input, what its classes are called. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ReverieError } from '../../../shared/errors.ts';
import type { WeightedLayer } from '../../../shared/recipes/fields.ts';
import { findLabels, readLabels } from './labels.ts';

export type ChannelOrder = 'RGB' | 'BGR';

/** Preprocessing: value = (pixel − mean) / std, with pixels 0…255, and mean and std listed in `channelOrder`. */
export interface Preprocessing {
  readonly layout: 'NCHW' | 'NHWC';
  readonly channelOrder: ChannelOrder;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Side of the square pictures that the network was trained on. */
  readonly size: number;
}

export interface Card {
  readonly title?: string;
  readonly preprocessing: Preprocessing;
  /** True where nothing said how to preprocess, and the most common convention was taken. */
  readonly guessed: boolean;
  /** Tensor of the class scores before the softmax. */
  readonly logits?: string;
  readonly labels?: readonly string[];
  /** Layers to dream with when none are named; empty where the card does not say. */
  readonly dreamLayers: readonly WeightedLayer[];
}

/** The convention of torchvision's classifiers: ImageNet's mean and deviation per channel. */
const COMMON: Preprocessing = {
  layout: 'NCHW',
  channelOrder: 'RGB',
  mean: [123.675, 116.28, 103.53],
  std: [58.395, 57.12, 57.375],
  size: 224,
};

type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((v) => typeof v === 'number' && Number.isFinite(v));
const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((v) => typeof v === 'string');

const isLayers = (value: unknown): value is WeightedLayer[] =>
  Array.isArray(value) &&
  value.every((v) => isRecord(v) && typeof v['layer'] === 'string' && typeof v['weight'] === 'number');

function readPreprocessing(input: Json, refuse: (what: string) => never): Preprocessing {
  const { layout = COMMON.layout, channelOrder = COMMON.channelOrder, mean, std, size = COMMON.size } = input;
  if (layout !== 'NCHW' && layout !== 'NHWC') return refuse('input.layout must be "NCHW" or "NHWC"');
  if (channelOrder !== 'RGB' && channelOrder !== 'BGR')
    return refuse('input.channelOrder must be "RGB" or "BGR"');
  if (!isNumbers(mean) || !isNumbers(std)) return refuse('input.mean and input.std must be lists of numbers');
  if (std.some((s) => s <= 0)) return refuse('input.std must be above 0');
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1)
    return refuse('input.size must be a whole number');
  return { layout, channelOrder, mean, std, size };
}

/**
 * The card of a network: the JSON file beside it (`net.json` for `net.onnx`), or the common convention where there is none.
 *
 * @throws ReverieError `model/unreadable` for a card that is damaged or contradicts itself
 */
export async function readCard(modelPath: string): Promise<Card> {
  const path = modelPath.replace(/\.[^./\\]+$/, '') + '.json';
  const source = await readFile(path, 'utf8').catch(() => undefined);
  if (source === undefined) return { preprocessing: COMMON, guessed: true, dreamLayers: [] };
  const refuse = (what: string): never => {
    throw new ReverieError('model/unreadable', `The model card "${path}" is not usable: ${what}.`);
  };
  const card = parseJson(source, refuse);
  if (!isRecord(card)) return refuse('it must be a JSON object');
  const { title, input, logits, labels, dreamLayers = [] } = card;
  if (!isRecord(input)) return refuse('it lacks "input"');
  if (!isLayers(dreamLayers)) return refuse('dreamLayers must be a list of {"layer", "weight"}');
  return {
    ...(typeof title === 'string' ? { title } : {}),
    preprocessing: readPreprocessing(input, refuse),
    guessed: false,
    ...(typeof logits === 'string' ? { logits } : {}),
    ...(typeof labels === 'string' ? { labels: await readLabels(findLabels(labels, dirname(path))) } : {}),
    ...(isStrings(labels) ? { labels } : {}),
    dreamLayers,
  };
}

function parseJson(source: string, refuse: (what: string) => never): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return refuse('it is not valid JSON');
  }
}
