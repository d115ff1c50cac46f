import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from './nearest.ts';

describe('nearest', () => {
  it.each([
    ['drem', ['dream', 'run', 'classify'], ['dream']],
    ['Mixed4C', ['mixed4c', 'mixed4b', 'conv1'], ['mixed4c']],
    ['4c', ['mixed4c', 'mixed4b'], ['mixed4c']],
    ['mixed4', ['mixed4c', 'mixed4b', 'mixed3a', 'fc'], ['mixed4c', 'mixed4b', 'mixed3a']],
    ['xyz', ['dream', 'run'], []],
    ['', ['dream'], []],
    ['dream', [], []],
  ])('of %j in %j', (word, candidates, expected) => {
    expect(nearest(word, candidates)).toEqual(expected);
  });
});

describe('didYouMean', () => {
  it.each([
    ['xyz', ['dream'], ''],
    ['drem', ['dream'], ' Did you mean "dream"?'],
    ['mixed4', ['mixed4c', 'mixed4b'], ' Did you mean "mixed4c" or "mixed4b"?'],
    ['conv', ['conv1', 'conv2', 'conv3', 'conv4'], ' Did you mean "conv1", "conv2" or "conv3"?'],
  ])('%j in %j', (word, candidates, clause) => {
    expect(didYouMean(word, candidates)).toBe(clause);
  });
});
