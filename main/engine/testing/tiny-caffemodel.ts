/** The tiny network as Caffe would have written GoogLeNet, for tests of what is made of a file that says nothing of itself. */
import { writeFileSync } from 'node:fs';
import { caffeLayers } from '../formats/caffe/testing/as-caffe.ts';
import { writeCaffe } from '../formats/caffe/testing/write-caffe.ts';
import type { Name } from '../graph/graph.ts';
import { float32, type Tensor } from '../graph/tensor.ts';
import { tinyGraph } from './tiny-model.ts';

/** Names that only the GoogLeNet that was published for Caffe has, on the layers of a tiny network. */
const GOOGLENET: Readonly<Record<Name, Name>> = {
  conv1: 'conv1/7x7_s2',
  pool1: 'inception_4c/output',
  conv2: 'inception_5b/1x1',
};

/** Channels of the layers that have biases. */
const BIASES: Readonly<Record<Name, number>> = { conv1: 8, conv2: 6, logits: 3 };

/** Writes a caffemodel that calls its layers as GoogLeNet does, without a word about its preprocessing; its path. */
export function writeCaffemodel(path: string): string {
  const called = (name: Name): Name => GOOGLENET[name] ?? name;
  const nodes = tinyGraph.nodes.map((node) => ({
    ...node,
    name: called(node.name),
    // Caffe's layers say the size and the stride of their windows, and have biases.
    attributes:
      node.op === 'Conv' ? { strides: [1, 1], ...node.attributes, kernel_shape: [3, 3] } : node.attributes,
    inputs: [
      ...node.inputs.map(called),
      ...(BIASES[node.name] === undefined ? [] : [`bias of ${node.name}`]),
    ],
    outputs: node.outputs.map(called),
  }));
  const biases = Object.entries(BIASES).map(([name, count]): [Name, Tensor] => [
    `bias of ${name}`,
    float32(new Float32Array(count), [count]),
  ]);
  const constants = new Map([...tinyGraph.constants, ...biases]);
  writeFileSync(path, writeCaffe(2, caffeLayers({ ...tinyGraph, nodes, constants })));
  return path;
}
