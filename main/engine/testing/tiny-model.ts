/**
 * A classifier of a few kilobytes with real gradients, for tests of the methods: two convolutions and three
 * classes.
 */
import { writeFileSync } from 'node:fs';
import { writeOnnx } from '../formats/onnx/write.ts';
import { random } from '../ascent/random.ts';
import type { Graph, Name, Node } from '../graph/graph.ts';
import { float32, sizeOf, type Tensor } from '../graph/tensor.ts';

/** A node with one output, whose name it has. */
export const node = (
  op: string,
  inputs: Name[],
  output: Name,
  attributes: Node['attributes'] = {},
): Node => ({
  op,
  name: output,
  inputs,
  outputs: [output],
  attributes,
});

/** Filters that are the same on every machine, of zero mean and moderate size. */
function weights(seed: number, dims: readonly number[]): Tensor {
  const next = random(seed);
  return float32(
    Float32Array.from({ length: sizeOf(dims) }, () => next() - 0.5),
    dims,
  );
}

/** `image` [N,3,H,W] → conv1 → relu1 → pool1 → conv2 → relu2 → logits [N,3] → prob. */
export const tinyGraph: Graph = {
  name: 'tiny',
  inputs: [{ name: 'data', type: 'float32', dims: ['N', 3, 'H', 'W'] }],
  outputs: ['prob'],
  constants: new Map([
    ['w1', weights(1, [8, 3, 3, 3])],
    ['w2', weights(2, [6, 8, 3, 3])],
    ['w3', weights(3, [3, 6])],
  ]),
  nodes: [
    node('Conv', ['data', 'w1'], 'conv1', { pads: [1, 1, 1, 1], strides: [2, 2] }),
    node('Relu', ['conv1'], 'relu1'),
    node('MaxPool', ['relu1'], 'pool1', { kernel_shape: [2, 2], strides: [2, 2] }),
    node('Conv', ['pool1', 'w2'], 'conv2', { pads: [1, 1, 1, 1] }),
    node('Relu', ['conv2'], 'relu2'),
    node('GlobalAveragePool', ['relu2'], 'average'),
    node('Flatten', ['average'], 'vector', { axis: 1 }),
    node('Gemm', ['vector', 'w3'], 'logits', { transB: 1 }),
    node('Softmax', ['logits'], 'prob', { axis: 1 }),
  ],
};

/**
 * What may stand in the place of a ReLU: one operator, or several, as exporters write those that older
 * operator sets lack.
 */
export const activations: Readonly<Record<string, (x: Name, y: Name) => Node[]>> = {
  Gelu: (x, y) => [node('Gelu', [x], y)],
  Elu: (x, y) => [node('Elu', [x], y)],
  Selu: (x, y) => [node('Selu', [x], y)],
  HardSwish: (x, y) => [node('HardSwish', [x], y)],
  'x·sigmoid(x)': (x, y) => [node('Sigmoid', [x], `${y}/gate`), node('Mul', [x, `${y}/gate`], y)],
  'a Gelu of single steps': (x, y) => [
    node('Div', [x, 'root'], `${y}/scaled`),
    node('Erf', [`${y}/scaled`], `${y}/erf`),
    node('Add', [`${y}/erf`, 'one'], `${y}/gate`),
    node('Mul', [x, `${y}/gate`], `${y}/twice`),
    node('Mul', [`${y}/twice`, 'half'], y),
  ],
};

/** The tiny network with other activations in the place of its ReLUs. */
export function tinyGraphWith(activation: (x: Name, y: Name) => Node[]): Graph {
  const scalars = { root: Math.SQRT2, one: 1, half: 0.5 };
  return {
    ...tinyGraph,
    nodes: tinyGraph.nodes.flatMap((each) =>
      each.op === 'Relu' ? activation(each.inputs[0] ?? '', each.outputs[0] ?? '') : [each],
    ),
    constants: new Map([
      ...tinyGraph.constants,
      ...Object.entries(scalars).map(([name, value]) => [name, float32([value], [])] as const),
    ]),
  };
}

/** Writes the network and its card to `path` (`….onnx`) and `….json`. */
export function writeTinyModel(path: string, card: Readonly<Record<string, unknown>> = {}): void {
  const input = { channelOrder: 'RGB', mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5], size: 32 };
  writeFileSync(path, writeOnnx(tinyGraph));
  const content = { title: 'Tiny', input, logits: 'logits', labels: ['a', 'b, or not a', 'c'], ...card };
  writeFileSync(path.replace(/\.onnx$/, '.json'), JSON.stringify(content));
}
