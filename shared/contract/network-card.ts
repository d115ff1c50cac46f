/** What a person may say about a network that its file does not: its name, how it takes pictures, what its classes are called. */
import { ReverieError } from '../errors.ts';
import { byFlag, parse, type Fields, type Naming } from '../recipes/fields.ts';
import { isRecord } from '../schema.ts';

/**
 * How the numbers that a network answers with are read: `softmax`, scores of classes of which one is right; `sigmoid`, each by itself the
 * score of something that is in the picture or is not; `features`, no classes at all.
 */
export const answerKinds = ['softmax', 'sigmoid', 'features'] as const;
export type AnswerKind = (typeof answerKinds)[number];

/** The settings of `models import` and `models edit`; `auto` leaves what is known or recognised as it is. */
export const networkFields = {
  name: {
    kind: 'text',
    label: 'Name',
    help: 'What it is called in menus',
    default: null,
    auto: 'as recognised',
  },
  size: {
    kind: 'text',
    label: 'Size',
    help: 'Side of the square pictures it was trained on in pixels, or width x height, such as 640x480',
    default: null,
    auto: 'as recognised',
  },
  layout: {
    kind: 'choice',
    label: 'Layout',
    help: "Order of its input's axes: channels before or after height and width",
    default: null,
    auto: 'as recognised',
    options: ['NCHW', 'NHWC'],
  },
  channelOrder: {
    kind: 'choice',
    label: 'Channel order',
    help: 'Order of the colours in its input',
    default: null,
    auto: 'as recognised',
    options: ['RGB', 'BGR'],
  },
  mean: {
    kind: 'text',
    label: 'Mean',
    help: 'What is subtracted from grey levels (0 to 255), one number or one for each channel in its order, such as 104,117,123',
    default: null,
    auto: 'as recognised',
  },
  scale: {
    kind: 'text',
    label: 'Scale',
    help: 'What they are then multiplied by, one number or one for each channel, such as 1/127.5',
    default: null,
    auto: 'as recognised',
  },
  output: {
    kind: 'text',
    label: 'Output',
    help: 'The output that is meant, by its name, of a network with several',
    default: null,
    auto: 'as recognised',
  },
  answers: {
    kind: 'choice',
    label: 'Answers',
    help: 'How its numbers are read: scores of classes of which one is right (softmax), each for itself (sigmoid), or features without classes',
    default: null,
    auto: 'as recognised',
    options: answerKinds,
  },
  labels: {
    kind: 'text',
    label: 'Labels',
    help: 'Names of its classes: "imagenet", "none", or a text file (a line each) or JSON list',
    default: null,
    auto: 'as recognised',
  },
} as const satisfies Fields;

/** The side of squares, or width and height, in pixels. */
export type PictureExtent = number | { readonly width: number; readonly height: number };

/** What is to be different about a network; `null` leaves a thing as it is. */
export interface CardChanges {
  name: string | null;
  size: PictureExtent | null;
  layout: 'NCHW' | 'NHWC' | null;
  channelOrder: 'RGB' | 'BGR' | null;
  /** value = (grey level − mean) × scale; one number, or one for each channel in the network's own order. */
  mean: readonly number[] | null;
  scale: readonly number[] | null;
  /** An output of the network by its name. */
  output: string | null;
  answers: AnswerKind | null;
  /** A shipped list by its name, `none`, or the path of a text file or JSON list. */
  labels: string | null;
}

/** Nothing is to be different. */
export const NO_CHANGES: CardChanges = {
  name: null,
  size: null,
  layout: null,
  channelOrder: null,
  mean: null,
  scale: null,
  output: null,
  answers: null,
  labels: null,
};

/**
 * Complete, checked changes from typed values or text; what is absent stays as it is.
 * @throws usage/option naming the first value that is not acceptable
 */
export function parseCardChanges(given: unknown, naming: Naming = byFlag): CardChanges {
  const { mean, scale, size, ...rest } = isRecord(given) ? given : {};
  const changes = parse(networkFields, rest, naming);
  return {
    ...changes,
    size: readExtent(size, naming('size', networkFields.size)),
    mean: numbersOr(mean, naming('mean', networkFields.mean), () => true),
    scale: numbersOr(scale, naming('scale', networkFields.scale), (value) => value > 0),
  };
}

/** The longest side that pictures of a network may have, in pixels. */
const LONGEST = 8192;

export function shapeOf(extent: PictureExtent): { readonly width: number; readonly height: number } {
  return typeof extent === 'number' ? { width: extent, height: extent } : extent;
}

/**
 * A side in pixels, or width and height, as values or as text such as `640x480`; null for what is left as it is.
 * @param name what the value is called in a refusal
 * @throws usage/option
 */
export function readExtent(given: unknown, name: string): PictureExtent | null {
  if (given === undefined || given === null || given === 'auto') return null;
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  const sides = isRecord(given) ? [given['width'], given['height']] : text.split(/[x×]/i);
  const [width = NaN, height = width, ...more] = sides.map((side) =>
    typeof side === 'string' && side.trim() === '' ? NaN : Number(side),
  );
  const fits = (side: number): boolean => Number.isInteger(side) && side >= 1 && side <= LONGEST;
  if (fits(width) && fits(height) && more.length === 0) return width === height ? width : { width, height };
  throw new ReverieError(
    'usage/option',
    `${name} must be a whole number between 1 and ${LONGEST}, or a width and a height such as "640x480", not "${text}".`,
  );
}

/** A list of one to four numbers, or its text; each may be a fraction. */
function numbersOr(given: unknown, name: string, accepts: (value: number) => boolean): number[] | null {
  if (given === undefined || given === null || given === 'auto') return null;
  const items: unknown[] =
    typeof given === 'string' ? given.split(',') : Array.isArray(given) ? given : [given];
  const values = items.map(readNumber);
  const usable = values.filter((value) => value !== undefined && accepts(value));
  if (values.length >= 1 && values.length <= 4 && usable.length === values.length) return values.map(Number);
  const shown = typeof given === 'string' ? given : JSON.stringify(given);
  throw new ReverieError(
    'usage/option',
    `${name} must be a number or one for each channel, such as "104,117,123" or "1/127.5", not "${shown}".`,
  );
}

/** A finite number, or its text, which may be a fraction such as `1/127.5`. */
export function readNumber(item: unknown): number | undefined {
  if (typeof item === 'number') return Number.isFinite(item) ? item : undefined;
  if (typeof item !== 'string' || item.trim() === '') return undefined;
  const [above = NaN, below = 1, ...more] = item
    .split('/')
    .map((part) => (part.trim() === '' ? NaN : Number(part)));
  const value = above / below;
  return more.length === 0 && Number.isFinite(value) ? value : undefined;
}
