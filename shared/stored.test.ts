import { describe, expect, it } from 'vitest';
import { knownEntries, leftOut, upgraded, type StoredFormat } from './stored.ts';

const pet: StoredFormat = {
  name: 'The pet',
  key: 'format',
  current: 3,
  steps: {
    1: ({ title, ...rest }) => ({ ...rest, name: title }),
    2: ({ name, ...rest }) => ({ ...rest, names: [name] }),
  },
};
const refuse = (sentence: string): Error => new RangeError(sentence);

describe('what was stored', () => {
  it.each([
    ['without a number', { title: 'Mia', age: 3 }],
    ['in format 1', { format: 1, title: 'Mia', age: 3 }],
    ['in format 2', { format: 2, name: 'Mia', age: 3 }],
    ['in format 3', { format: 3, names: ['Mia'], age: 3 }],
  ])('%s comes in the present one', (_what, stored) => {
    expect(upgraded(pet, stored, refuse)).toEqual({ format: 3, names: ['Mia'], age: 3 });
  });

  it.each([
    [4, 'The pet has format 4, and this version of Reverie reads formats 1 to 3; a later version wrote it.'],
    [0, 'The pet has format 0, and this version of Reverie reads formats 1 to 3.'],
    [1.5, 'The pet has format 1.5, and this version of Reverie reads formats 1 to 3.'],
    ['2', 'The pet has format "2", and this version of Reverie reads formats 1 to 3.'],
  ])('in format %j is refused', (format, sentence) => {
    expect(() => upgraded(pet, { format }, refuse)).toThrow(new RangeError(sentence));
  });

  it('is told of where it is not known', () => {
    const { known, unknown } = knownEntries({ a: 1, b: 2, c: 3, d: 4 }, (key) => key === 'b');
    expect(known).toEqual({ b: 2 });
    expect(leftOut('The pet', unknown)).toEqual([
      'The pet has "a", "c" and "d", which this version of Reverie does not know and leaves out; a later version may have written it.',
    ]);
    expect(leftOut('The pet', ['a'])[0]).toMatch(/^The pet has "a", which/);
    expect(leftOut('The pet', [])).toEqual([]);
  });
});
