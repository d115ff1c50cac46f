import { expect, test } from 'vitest';
import type { LayerInfo } from '../../../shared/contract/models.ts';
import { layerOf } from '../../testing/items.ts';
import { findLayers, receptiveField, stride } from './layer-rows.ts';

const layer = (name: string, op: string, aliases: readonly string[] = []): LayerInfo =>
  layerOf({ name, op, aliases });

const layers = [
  layer('conv1/7x7_s2', 'Conv'),
  layer('inception_4c/output', 'Concat', ['mixed4c']),
  layer('inception_4c/1x1', 'Conv'),
];

test.each([
  ['', 3],
  ['  ', 3],
  ['4C', 2],
  ['mixed4c', 1],
  ['conv', 2],
  ['4c conv', 1],
  ['nothing', 0],
])('"%s" finds %i layers', (wanted, found) => {
  expect(findLayers(layers, wanted)).toHaveLength(found);
});

test.each([
  [{ receptiveField: 139, stride: 16 }, '139', '16'],
  [{ receptiveField: null, stride: null }, 'all', '–'],
  [{ receptiveField: 7, stride: 10.6667 }, '7', '10.67'],
])('%o is told in words', (values, side, step) => {
  expect([receptiveField(values), stride(values)]).toEqual([side, step]);
});
