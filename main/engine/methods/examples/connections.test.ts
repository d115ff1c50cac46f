/** The strongest connections into a unit, whatever stands between it and its convolution. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../../../shared/methods/examples.ts';
import type { Graph, Node } from '../../graph/graph.ts';
import { loadModel } from '../../models/load.ts';
import { Model } from '../../models/model.ts';
import { activations, node, tinyGraph, tinyGraphWith, writeTinyModel } from '../../testing/tiny-model.ts';
import { strongestInputs } from './connections.ts';

const folder = await mkdtemp(join(tmpdir(), 'reverie-connections-'));
afterAll(() => rm(folder, { recursive: true }));
writeTinyModel(join(folder, 'tiny.onnx'));
const { card } = await loadModel(join(folder, 'tiny.onnx'));

function inputsOf(graph: Graph, tensor: string, channel: number): Connection[] {
  const model = new Model('net', '0'.repeat(64), graph, card);
  return strongestInputs(model, model.layers(), tensor, channel);
}

/** The tiny network up to its second convolution, and more after it. */
const followedBy = (...more: Node[]): Graph => ({
  ...tinyGraph,
  nodes: [...tinyGraph.nodes.slice(0, 4), ...more],
  outputs: [more.at(-1)?.outputs[0] ?? ''],
});
const expected = inputsOf(tinyGraph, 'conv2', 4);

it('are those of the convolution, eight of them', () => {
  expect(expected).toHaveLength(8);
  expect(new Set(expected.map(({ layer }) => layer))).toEqual(new Set(['pool1']));
});

describe('a unit has those of its convolution', () => {
  it.each(Object.entries(activations))('behind %s', (_, activation) => {
    expect(inputsOf(tinyGraphWith(activation), 'relu2', 4)).toEqual(expected);
  });

  it.each<[string, Node]>([
    ['a smaller map', node('MaxPool', ['conv2'], 'end', { kernel_shape: [2, 2] })],
    ['a normalisation', node('LRN', ['conv2'], 'end', { size: 3 })],
    ['an average', node('GlobalAveragePool', ['conv2'], 'end')],
  ])('behind %s', (_, last) => {
    expect(inputsOf(followedBy(last), 'end', 4)).toEqual(expected);
  });

  it('as a part of a concatenation', () => {
    const joined = followedBy(node('Concat', ['pool1', 'conv2'], 'end', { axis: 1 }));
    expect(inputsOf(joined, 'end', 8 + 4)).toEqual(expected);
    expect(inputsOf(joined, 'end', 4)).toEqual(inputsOf(tinyGraph, 'pool1', 4));
  });
});

it.each<[string, Graph, string]>([
  [
    'two convolutions that are summed',
    followedBy(
      node('Conv', ['pool1', 'w2'], 'other', { pads: [1, 1, 1, 1] }),
      node('Add', ['conv2', 'other'], 'end'),
    ),
    'end',
  ],
  [
    'channels that are joined along another axis',
    followedBy(node('Concat', ['conv2', 'conv2'], 'end', { axis: 2 })),
    'end',
  ],
  ['a matrix', tinyGraph, 'logits'],
])('of %s there are none', (_, graph, tensor) => {
  expect(inputsOf(graph, tensor, 1)).toEqual([]);
});

it('are found behind a thousand forks in no time', () => {
  const forks = Array.from({ length: 1000 }, (_, i) =>
    node('Mul', i === 0 ? ['conv2', 'conv2'] : [`fork${i - 1}`, `fork${i - 1}`], `fork${i}`),
  );
  expect(inputsOf(followedBy(...forks), 'fork999', 4)).toEqual(expected);
});
