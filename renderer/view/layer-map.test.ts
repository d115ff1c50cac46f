import { describe, expect, it } from 'vitest';
import type { LayerRole } from '../../shared/contract/models.ts';
import { landmarks, mapOf, type MapLayer } from './layer-map.ts';

const layer = (name: string, role: LayerRole, ...inputs: number[]): MapLayer => ({ name, role, inputs });

/** An Inception block: three branches between two joins, with gates after the convolutions. */
const block = [
  layer('conv1', 'convolution'),
  layer('relu1', 'activation', 0),
  layer('a', 'convolution', 1),
  layer('a/relu', 'activation', 2),
  layer('b', 'convolution', 1),
  layer('b/relu', 'activation', 4),
  layer('pool', 'pooling', 1),
  layer('join', 'join', 3, 5, 6),
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
      layer('x', 'convolution'),
      layer('gate', 'activation', 0),
      layer('y', 'convolution', 1),
      layer('sum', 'join', 0, 2),
    ];
    const shown = landmarks(residual);
    expect([...shown]).toEqual([0, 2, 3]);
    expect(mapOf(residual, shown).edges).toEqual([
      { from: 0, to: 2 },
      { from: 0, to: 3 },
      { from: 2, to: 3 },
    ]);
  });

  it('shows each part of a transformer once: what is added, normalised and activated belongs to it', () => {
    const mlp = [
      layer('patches', 'convolution'),
      layer('norm', 'normalisation', 0),
      layer('up', 'linear', 1),
      layer('up/bias', 'arithmetic', 2),
      layer('gelu', 'activation', 3),
      layer('down', 'linear', 4),
      layer('down/bias', 'arithmetic', 5),
      layer('sum', 'join', 0, 6),
      layer('logits', 'linear', 7),
      layer('prob', 'softmax', 8),
    ];
    const shown = [...landmarks(mlp)].map((i) => mlp[i]?.name);
    expect(shown).toEqual(['patches', 'gelu', 'down/bias', 'sum', 'logits', 'prob']);
  });

  it('of nothing is empty', () => {
    expect(mapOf([], new Set())).toEqual({ nodes: [], edges: [], rows: 0 });
  });
});
