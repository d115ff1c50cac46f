import { expect, it } from 'vitest';
import type { Attribute, Graph } from '../graph/graph.ts';
import { inferShapes } from '../graph/shapes.ts';
import { float32, int64, type Tensor } from '../graph/tensor.ts';
import { operatorsWith } from '../graph/traits.ts';
import { node, tinyGraph } from '../testing/tiny-model.ts';
import { receptiveFields, RULES } from './receptive-field.ts';

it('has a rule for every operator whose traits ask for one, and no others', () => {
  expect([...RULES.keys()].sort()).toEqual([...operatorsWith(({ place }) => place === 'rule')].sort());
});

/** What a value sees behind an operator that follows the tiny network's first convolution. */
function seenBehind(
  op: string,
  attributes: Readonly<Record<string, Attribute>>,
  ...more: (Tensor | 'relu1')[]
): number | null | undefined {
  const constants = more.flatMap((each, i) => (each === 'relu1' ? [] : [[`c${i}`, each] as const]));
  const inputs = ['relu1', ...more.map((each, i) => (each === 'relu1' ? each : `c${i}`))];
  const graph: Graph = {
    ...tinyGraph,
    nodes: [...tinyGraph.nodes.slice(0, 2), node(op, inputs, 'end', attributes)],
    outputs: ['end'],
    constants: new Map([...tinyGraph.constants, ...constants]),
  };
  return receptiveFields(graph, inferShapes(graph, { data: [1, 3, 32, 32] }), 'NCHW').get('end')?.size;
}

const each = float32(new Float32Array(8).fill(1), [8]);
const row = float32(new Float32Array(16).fill(1), [16]);

it.each<[string, number | null | undefined, Parameters<typeof seenBehind>]>([
  ['an activation, what its input sees', 3, ['Gelu', {}]],
  ['a softmax of the channels, the same', 3, ['Softmax', { axis: 1 }]],
  ['a softmax over places, all', null, ['Softmax', { axis: -1 }]],
  ['a running sum of the channels, the same', 3, ['CumSum', {}, int64([1], [])]],
  ['a running sum over places, all', null, ['CumSum', {}, int64([2], [])]],
  ['a normalisation of rows, all', null, ['LayerNormalization', { axis: -1 }, row]],
  ['a normalisation of each channel, all', null, ['InstanceNormalization', {}, each, each]],
  ['a normalisation of the channels, the same', 3, ['MeanVarianceNormalization', { axes: [1] }]],
  ['a normalisation of the whole, all', null, ['MeanVarianceNormalization', {}]],
  ['a sum of two, what both see', 3, ['Add', {}, 'relu1']],
  ['a product of any axes, nothing known', undefined, ['Einsum', { equation: 'nchw,nchw->nchw' }, 'relu1']],
])('behind %s', (_, seen, [op, attributes, ...more]) => {
  expect(seenBehind(op, attributes, ...more)).toBe(seen);
});
