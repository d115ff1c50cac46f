import { expect, test } from 'vitest';
import type { CardInfo, ModelInput } from '../../../shared/contract/models.ts';
import { CONVENTIONS } from '../../../shared/conventions.ts';
import {
  channelNames,
  correctionOf,
  draftOf,
  follows,
  withConvention,
  withOrder,
  withOutput,
  type Draft,
} from './draft.ts';

const card: CardInfo = {
  short: 'GoogLeNet',
  certainty: 'known',
  why: 'Its layers are those of GoogLeNet.',
  source: null,
  licence: null,
  labels: 'imagenet',
};
const input: ModelInput = {
  name: 'data',
  channels: 3,
  width: 224,
  height: 224,
  free: true,
  layout: 'NCHW',
  order: 'bgr',
  mean: [104, 117, 123],
  scale: [1 / 58.395, 1 / 57.12, 1 / 57.375],
};
const answering = { output: 'scores', answers: 'softmax' } as const;
const known = draftOf({ card, input, ...answering });
const NOTHING = {
  name: null,
  size: null,
  layout: null,
  channelOrder: null,
  mean: null,
  scale: null,
  labels: null,
  output: null,
  answers: null,
};

test('the form shows divisors as they were written, and one value for every channel', () => {
  expect(known).toMatchObject({ order: 'BGR', mean: ['104', '117', '123'], size: '224', labels: 'imagenet' });
  expect(known.divisor).toEqual(['58.395', '57.12', '57.375']);
  const one = draftOf({ card, input: { ...input, mean: [127.5], scale: [1 / 127.5] }, ...answering });
  expect(one).toMatchObject({ mean: Array(3).fill('127.5'), divisor: Array(3).fill('127.5') });
  expect(draftOf({ card: { ...card, labels: null }, input, ...answering }).labels).toBe('none');
});

test('values go along with their colours when the order is turned, and back', () => {
  const turned = withOrder(known, 'RGB');
  expect(turned.mean).toEqual(['123', '117', '104']);
  expect(channelNames(turned)).toEqual(['Red', 'Green', 'Blue']);
  expect(withOrder(turned, 'BGR')).toEqual(known);
});

test('a network that sees grey has one channel, whose order means nothing', () => {
  const grey = draftOf({
    ...answering,
    card,
    input: { ...input, channels: 1, order: 'grey', mean: [0], scale: [1 / 255] },
  });
  expect(channelNames(grey)).toEqual(['Grey']);
  expect(correctionOf({ ...grey, divisor: ['255.0'] }, grey)).toEqual({ state: 'same' });
});

test.each<[string, Partial<Draft>, object]>([
  ['the name', { name: ' Mine ' }, { name: 'Mine' }],
  ['the size', { size: '227' }, { size: 227 }],
  ['the layout', { layout: 'NHWC' }, { layout: 'NHWC' }],
  ['what its numbers mean', { answers: 'sigmoid' }, { answers: 'sigmoid' }],
  ['no labels', { labels: 'none' }, { labels: 'none' }],
  ['another list', { labels: 'imagenet-1001' }, { labels: 'imagenet-1001' }],
  ['a list of the own', { labels: 'mine.txt', file: new File(['a'], 'mine.txt') }, {}],
  [
    'one mean',
    { mean: ['0', '117', '123'] },
    { mean: [0, 117, 123], scale: known.divisor.map((text) => 1 / Number(text)) },
  ],
  [
    'a fraction',
    { divisor: ['1/0.017', '1', '2'] },
    { mean: [104, 117, 123], scale: [expect.closeTo(0.017), 1, 0.5] },
  ],
])('a correction names what differs and nothing else: %s', (_, change, changes) => {
  expect(correctionOf({ ...known, ...change }, known)).toEqual({
    state: 'changed',
    changes: { ...NOTHING, ...changes },
  });
});

test('another order is a correction with the values that are seen', () => {
  const { order, ...rest } = known;
  const swapped: Draft = { ...rest, order: order === 'BGR' ? 'RGB' : 'BGR' };
  expect(correctionOf(swapped, known)).toMatchObject({
    state: 'changed',
    changes: { channelOrder: 'RGB', mean: [104, 117, 123] },
  });
});

test.each<[string, Partial<Draft>, RegExp]>([
  ['a mean that is no number', { mean: ['x', '1', '1'] }, /blue.*"x"/],
  ['a missing mean', { mean: ['', '1', '1'] }, /blue.*""/],
  ['a divisor of zero', { divisor: ['1', '0', '1'] }, /green.*"0"/],
  ['half a pixel', { size: '224.5' }, /Size.*"224.5"/],
  ['no name', { name: ' ' }, /name/],
])('what cannot be saved is said: %s', (_, change, sentence) => {
  const { sentences } = { sentences: [], ...correctionOf({ ...known, ...change }, known) };
  expect(sentences).toEqual([expect.stringMatching(sentence)]);
});

test.each(Object.entries(CONVENTIONS))('a usual way fills the form in and is found again: %s', (_, way) => {
  const draft = withConvention(known, way);
  expect(follows(draft, way)).toBe(true);
  expect(follows({ ...draft, mean: ['1', '2', '3'] }, way)).toBe(false);
});

test('another output is a correction, and sizes may be a width and a height', () => {
  const change = (changes: Partial<Draft>) => correctionOf({ ...known, ...changes }, known);
  expect(change({ output: 'embedding' })).toMatchObject({
    state: 'changed',
    changes: { output: 'embedding' },
  });
  expect(change({ size: '640x480' })).toMatchObject({ changes: { size: { width: 640, height: 480 } } });
  expect(change({ size: '640x' })).toMatchObject({ state: 'wrong' });
});

test('numbers of another output are read in its own way, unless somebody says otherwise', () => {
  const other = withOutput(known, { name: 'embedding', answers: 'features' });
  const changes = { ...NOTHING, output: 'embedding' };
  expect(correctionOf(other, known)).toEqual({ state: 'changed', changes });
  expect(correctionOf({ ...other, answers: 'sigmoid' }, known)).toEqual({
    state: 'changed',
    changes: { ...changes, answers: 'sigmoid' },
  });
  expect(correctionOf(withOutput(other, { name: 'scores', answers: 'softmax' }), known)).toEqual({
    state: 'same',
  });
});
