/** What the layers of small networks are called by what they do. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inferAxes } from '../graph/axes/infer.ts';
import type { Graph } from '../graph/graph.ts';
import { inferShapes } from '../graph/shapes.ts';
import { float32 } from '../graph/tensor.ts';
import { activations, node, tinyGraph, tinyGraphWith } from '../testing/tiny-model.ts';
import { loadModel } from './load.ts';
import { listLayers } from './layers.ts';

function rolesOf(graph: Graph): Record<string, string> {
  const infos = inferShapes(graph, { data: [1, 3, 32, 32] });
  const layers = listLayers(graph, infos, inferAxes(graph, infos, 'NCHW'));
  return Object.fromEntries(layers.map(({ name, role }) => [name, role]));
}

describe('the role of a layer', () => {
  it('is told from its operator', () => {
    expect(rolesOf(tinyGraph)).toEqual({
      conv1: 'convolution',
      relu1: 'activation',
      pool1: 'pooling',
      conv2: 'convolution',
      relu2: 'activation',
      average: 'pooling',
      logits: 'linear',
      prob: 'softmax',
    });
  });

  it.each(['Gelu', 'Elu', 'Selu', 'HardSwish'])('of %s is that of an activation', (op) => {
    const { [op]: activation = () => [] } = activations;
    expect(rolesOf(tinyGraphWith(activation))).toMatchObject({ relu1: 'activation', relu2: 'activation' });
  });

  it('of an operator of two tensors depends on how many of them see the picture', () => {
    const nodes = [
      ...tinyGraph.nodes.slice(0, 2),
      node('Add', ['relu1', 'one'], 'shifted'),
      node('Mul', ['shifted', 'one'], 'scaled'),
      node('Mul', ['scaled', 'scaled'], 'squared'),
      node('Mul', ['scaled', 'squared'], 'gated'),
      node('Add', ['scaled', 'gated'], 'sum'),
      node('Concat', ['sum', 'gated'], 'joined', { axis: 1 }),
      node('MatMul', ['joined', 'matrix'], 'dense'),
      node('Transpose', ['dense'], 'turned', { perm: [0, 1, 3, 2] }),
      node('MatMul', ['dense', 'turned'], 'attention'),
    ];
    const { constants, ...rest } = tinyGraphWith(() => []);
    const matrix = float32(new Float32Array(16 * 16), [16, 16]);
    const roles = rolesOf({
      ...rest,
      nodes,
      outputs: ['attention'],
      constants: new Map([...constants, ['matrix', matrix]]),
    });
    expect(roles).toMatchObject({
      shifted: 'arithmetic',
      scaled: 'arithmetic',
      squared: 'arithmetic',
      gated: 'gating',
      sum: 'join',
      joined: 'join',
      dense: 'linear',
      attention: 'product',
    });
    expect(roles).not.toHaveProperty('turned');
  });
});

it('tells the heads of an attention from features', async () => {
  const model = await loadModel(join(import.meta.dirname, 'fixtures/tokens/vit-registers.onnx'));
  const weights = model.layers().filter(({ op }) => op === 'Softmax');
  expect(weights).not.toHaveLength(0);
  for (const { axes, channels } of weights) {
    expect(axes).toEqual(['1', '2 heads', '4 + 4×4 tokens', '20 keys']);
    expect(channels).toBe(0);
  }
});
