import { describe, expect, it } from 'vitest';
import { landmarks, mapOf, type MapLayer } from './layer-map.ts';

const layer = (name: string, op: string, ...inputs: number[]): MapLayer => ({ name, op, inputs });

/** An Inception block: three branches between two joins, with gates after the convolutions. */
const block = [
  layer('conv1', 'Conv'),
  layer('relu1', 'Relu', 0),
  layer('a', 'Conv', 1),
  layer('a/relu', 'Relu', 2),
  layer('b', 'Conv', 1),
  layer('b/relu', 'Relu', 4),
  layer('pool', 'MaxPool', 1),
  layer('join', 'Concat', 3, 5, 6),
];

describe('the map of a network', () => {
  it('takes a convolution and its gate for one', () => {
    expect([...landmarks(block)]).toEqual([1, 3, 5, 6, 7]);
  });

  it('puts branches side by side and what joins them below', () => {
    const { nodes, edges, rows } = mapOf(block, landmarks(block));
    expect(rows).toBe(3);
    expect(nodes.map(({ index, row, column }) => [index, row, column])).toEqual([
      [1, 0, 0],
      [3, 1, 0],
      [5, 1, 1],
      [6, 1, 2],
      [7, 2, 0],
    ]);
    expect(edges).toEqual([
      { from: 1, to: 3 },
      { from: 1, to: 5 },
      { from: 1, to: 6 },
      { from: 3, to: 7 },
      { from: 5, to: 7 },
      { from: 6, to: 7 },
    ]);
  });

  it('leads ways through what it leaves out, and keeps a gate beside one that others read, too', () => {
    const residual = [
      layer('x', 'Conv'),
      layer('gate', 'Relu', 0),
      layer('y', 'Conv', 1),
      layer('sum', 'Add', 0, 2),
    ];
    const shown = landmarks(residual);
    expect([...shown]).toEqual([0, 2, 3]);
    expect(mapOf(residual, shown).edges).toEqual([
      { from: 0, to: 2 },
      { from: 0, to: 3 },
      { from: 2, to: 3 },
    ]);
  });

  it('of nothing is empty', () => {
    expect(mapOf([], new Set())).toEqual({ nodes: [], edges: [], rows: 0 });
  });
});
