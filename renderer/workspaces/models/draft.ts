/** What a person is about to say of a network: the form's texts, and what of them differs from what is known. */
import type { ModelInfo, OutputInfo } from '../../../shared/contract/models.ts';
import {
  type AnswerKind,
  readExtent,
  readNumber,
  type CardChanges,
  type PictureExtent,
} from '../../../shared/contract/network-card.ts';
import type { Convention } from '../../../shared/conventions.ts';

/** Class names that come along, by the names of their lists, with what people call them. */
export const shippedLabels: Readonly<Record<string, string>> = {
  imagenet: 'ImageNet (1000)',
  'imagenet-1001': 'ImageNet (1001)',
};

export interface Draft {
  readonly name: string;
  readonly layout: 'NCHW' | 'NHWC';
  /** Of the values in `mean` and `divisor`; a network that sees grey has one of each. */
  readonly order: 'RGB' | 'BGR';
  readonly mean: readonly string[];
  readonly divisor: readonly string[];
  readonly size: string;
  /** The output that is meant. */
  readonly output: string;
  /** How its numbers are read, and how they are as long as nobody says otherwise. */
  readonly answers: AnswerKind;
  readonly known: AnswerKind;
  /** A shipped list, `none`, or the name of the user's own file, which is installed or in `file`. */
  readonly labels: string;
  /** A list of class names that is not installed yet. */
  readonly file: File | null;
}

/** What the form shows before anything is changed. */
export function draftOf({
  card,
  input,
  output,
  answers,
}: Pick<ModelInfo, 'card' | 'input' | 'output' | 'answers'>): Draft {
  const each = (values: readonly number[], show: (value: number) => number): string[] =>
    Array.from({ length: input.channels }, (_, i) => numberText(show(values[i] ?? values[0] ?? 0)));
  return {
    name: card.short,
    layout: input.layout,
    order: input.order === 'bgr' ? 'BGR' : 'RGB',
    mean: each(input.mean, (value) => value),
    divisor: each(input.scale, (value) => 1 / value),
    size: input.width === input.height ? String(input.width) : `${input.width}x${input.height}`,
    output,
    answers,
    known: answers,
    labels: card.labels ?? 'none',
    file: null,
  };
}

/** The other order, with the values going along with their colours. */
export function withOrder(draft: Draft, order: Draft['order']): Draft {
  if (order === draft.order) return draft;
  return { ...draft, order, mean: draft.mean.toReversed(), divisor: draft.divisor.toReversed() };
}

/** Another of its outputs, whose numbers are read in their own way. */
export const withOutput = (draft: Draft, { name, answers }: Pick<OutputInfo, 'name' | 'answers'>): Draft => ({
  ...draft,
  output: name,
  answers,
  known: answers,
});

/** As networks of a kind take pictures. */
export function withConvention(draft: Draft, { channelOrder, mean, std }: Convention): Draft {
  const each = (values: readonly number[]): string[] => draft.mean.map((_, i) => numberText(values[i] ?? 0));
  return { ...draft, order: channelOrder, mean: each(mean), divisor: each(std) };
}

/** Whether a draft takes pictures as networks of a kind do. */
export function follows(draft: Draft, convention: Convention): boolean {
  const other = withConvention(draft, convention);
  return samePictures(draft, other);
}

/** Names of the channels, in the network's order. */
export function channelNames({ order, mean }: Pick<Draft, 'order' | 'mean'>): readonly string[] {
  if (mean.length === 1) return ['Grey'];
  const colours = order === 'RGB' ? ['Red', 'Green', 'Blue'] : ['Blue', 'Green', 'Red'];
  return mean.map((_, i) => colours[i] ?? `Channel ${i + 1}`);
}

type Correction =
  | { readonly state: 'same' }
  | { readonly state: 'wrong'; readonly sentences: readonly string[] }
  | { readonly state: 'changed'; readonly changes: CardChanges };

/** What of a draft differs from what is known, checked. */
export function correctionOf(draft: Draft, before: Draft): Correction {
  const sentences: string[] = [];
  const names = channelNames(draft);
  const read = (texts: readonly string[], what: string, accepts: (value: number) => boolean): number[] =>
    texts.map((text, i) => {
      const value = readNumber(text);
      if (value !== undefined && accepts(value)) return value;
      const channel = (names[i] ?? '').toLowerCase();
      sentences.push(`${what} ${channel} must be a number, such as 127.5 or 1/255, not "${text}".`);
      return NaN;
    });
  const mean = read(draft.mean, 'What is subtracted from', () => true);
  const divisors = read(draft.divisor, 'What divides', (value) => value > 0);
  const size = sizeIn(draft.size, sentences);
  const name = draft.name.trim();
  if (name === '') sentences.push('The name must not be empty.');
  if (sentences.length > 0) return { state: 'wrong', sentences };

  const pictures = !samePictures(draft, before);
  const changes: CardChanges = {
    name: name === before.name ? null : name,
    size: draft.size === before.size ? null : size,
    output: draft.output === before.output ? null : draft.output,
    answers: draft.answers === draft.known ? null : draft.answers,
    layout: draft.layout === before.layout ? null : draft.layout,
    channelOrder: draft.order === before.order ? null : draft.order,
    mean: pictures ? mean : null,
    scale: pictures ? divisors.map((value) => 1 / value) : null,
    // A file of the user's own goes as an offer beside the changes.
    labels: draft.file !== null || draft.labels === before.labels ? null : draft.labels,
  };
  const same = draft.file === null && Object.values(changes).every((value) => value === null);
  return same ? { state: 'same' } : { state: 'changed', changes };
}

function samePictures(a: Draft, b: Draft): boolean {
  const key = ({ order, mean, divisor }: Draft): string =>
    JSON.stringify([mean.length === 1 ? null : order, mean.map(readNumber), divisor.map(readNumber)]);
  return key(a) === key(b);
}

/** As few digits as say it. */
function numberText(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** A side in pixels, or a width and a height; what is neither is told. */
function sizeIn(text: string, sentences: string[]): PictureExtent | null {
  try {
    return readExtent(text, 'Size');
  } catch {
    sentences.push(
      `Size must be a whole number of pixels from 1 to 8192, or such as 640x480, not "${text}".`,
    );
    return null;
  }
}
