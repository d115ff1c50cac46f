/** A classifier of a few kilobytes with real gradients, for tests of the methods: two convolutions and three classes. */
import { writeFileSync } from 'node:fs';
import { writeOnnx } from '../formats/onnx-write.ts';
import { random } from '../ascent/random.ts';
import type { Graph, Name, Node } from '../graph/graph.ts';
import { float32, sizeOf, type Tensor } from '../graph/tensor.ts';

const node = (op: string, inputs: Name[], output: Name, attributes: Node['attributes'] = {}): Node => ({
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

/** Writes the network and its card to `path` (`….onnx`) and `….json`. */
export function writeTinyModel(path: string, card: Readonly<Record<string, unknown>> = {}): void {
  const input = { channelOrder: 'RGB', mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5], size: 32 };
  writeFileSync(path, writeOnnx(tinyGraph));
  const content = { title: 'Tiny', input, logits: 'logits', labels: ['a', 'b, or not a', 'c'], ...card };
  writeFileSync(path.replace(/\.onnx$/, '.json'), JSON.stringify(content));
}
