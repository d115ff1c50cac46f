import { expect, it } from 'vitest';
import { pictureOf } from '../../testing/items.ts';
import { markOf, sharedMark } from './marking.ts';

const red = pictureOf({ id: 'a.png', stars: 3, label: 'red' });
const plain = pictureOf({ id: 'b.png', stars: 3 });

it('tells what several pictures have in common', () => {
  expect(sharedMark([red])).toEqual({ stars: 3, label: 'red' });
  expect(sharedMark([red, plain])).toEqual({ stars: 3, label: undefined });
});

it.each([
  ['0', [red], { stars: 0 }],
  ['5', [red], { stars: 5 }],
  ['6', [plain], { label: 'red' }],
  ['6', [red, plain], { label: 'red' }],
  ['6', [red], { label: null }],
  ['9', [red], { label: 'blue' }],
  ['a', [red], undefined],
  ['Enter', [red], undefined],
] as const)('the key %s', (key, pictures, mark) => {
  expect(markOf(key, pictures)).toEqual(mark);
});
