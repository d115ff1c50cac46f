import { describe, expect, it } from 'vitest';
import { Selection } from './selection.svelte.ts';

const ids = ['a', 'b', 'c', 'd', 'e'];

describe('the selection', () => {
  it.each<[string, (selection: Selection) => void, string[]]>([
    ['one', (s) => s.only('b'), ['b']],
    [
      'one instead of another',
      (s) => {
        s.only('b');
        s.only('c');
      },
      ['c'],
    ],
    [
      'one more',
      (s) => {
        s.only('b');
        s.toggle('d');
      },
      ['b', 'd'],
    ],
    [
      'one less',
      (s) => {
        s.only('b');
        s.toggle('b');
      },
      [],
    ],
    [
      'a range',
      (s) => {
        s.only('b');
        s.extend('d', ids);
      },
      ['b', 'c', 'd'],
    ],
    [
      'a range backwards',
      (s) => {
        s.only('d');
        s.extend('a', ids);
      },
      ['a', 'b', 'c', 'd'],
    ],
    [
      'a range that turns round',
      (s) => {
        s.only('c');
        s.extend('e', ids);
        s.extend('b', ids);
      },
      ['b', 'c'],
    ],
    ['a range from nowhere', (s) => s.extend('c', ids), ['c']],
    ['all', (s) => s.all(ids), ids],
    [
      'none',
      (s) => {
        s.all(ids);
        s.clear();
      },
      [],
    ],
  ])('is %s', (_name, act, expected) => {
    const selection = new Selection();
    act(selection);
    expect(selection.of(ids)).toEqual(expected);
  });

  it('leaves out what is not there any more', () => {
    const selection = new Selection();
    selection.all(ids);
    expect(selection.of(['a', 'e'])).toEqual(['a', 'e']);
  });
});
