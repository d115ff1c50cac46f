import { expect, it } from 'vitest';
import { describeDepth, readLayers, withoutLayer, withWeight } from './layers.ts';

const one = [{ layer: 'a', weight: 1 }];

it('adds, weighs and takes out layers, and ends with the network’s own choice', () => {
  expect(withWeight(one, 'b', 0.5)).toEqual([...one, { layer: 'b', weight: 0.5 }]);
  expect(withWeight(one, 'a', 2)).toEqual([{ layer: 'a', weight: 2 }]);
  expect(withoutLayer([...one, { layer: 'b', weight: 1 }], 'a')).toEqual([{ layer: 'b', weight: 1 }]);
  expect(withoutLayer(one, 'a')).toBeNull();
});

it('reads only lists of layers', () => {
  expect(readLayers(one)).toEqual(one);
  expect([null, 'a', [1], [{ layer: 'a' }]].map(readLayers)).toEqual([[], [], [], []]);
});

it.each([
  [0, 'edges'],
  [0.5, 'patterns'],
  [1, 'objects'],
])('says of depth %f: %s', (depth, words) => {
  expect(describeDepth(depth)).toBe(words);
});
