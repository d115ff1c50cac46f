import { expect, it } from 'vitest';
import { resultNames, targetName } from './names.ts';

it.each([
  ['in their folders', ['a.jpg', 'below/a.jpg'], ['a.png', 'below/a.png']],
  [
    'told apart by extensions',
    ['cat.jpg', 'cat.webp', 'dog.png'],
    ['cat-jpg.png', 'cat-webp.png', 'dog.png'],
  ],
  ['where capitals do not count', ['Cat.jpg', 'cat.JPG'], ['Cat-jpg.png', 'cat-JPG-2.png']],
  [
    'beside one of that very name',
    ['cat-jpg.jpg', 'cat.jpg', 'cat.png'],
    ['cat-jpg.png', 'cat-jpg-2.png', 'cat-png.png'],
  ],
  ['with dots and without extensions', ['a.b.jpg', '.x/plain'], ['a.b.png', '.x/plain.png']],
])('results are called as what they are made from: %s', (_, units, names) => {
  expect(resultNames(units)).toEqual(names);
});

it('makes file names of targets', () => {
  const targets = ['channel:mixed4a/11', 'class:tabby cat', 'channel:a/1 channel:b/2*-0.5'];
  expect(resultNames(targets.map(targetName))).toEqual([
    'channel-mixed4a-11.png',
    'class-tabby-cat.png',
    'channel-a-1-channel-b-2--0.5.png',
  ]);
});
