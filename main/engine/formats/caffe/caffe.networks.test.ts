import { beforeAll, expect, it } from 'vitest';
import type { Graph, Name } from '../../graph/graph.ts';
import { specialise } from '../../graph/shapes.ts';
import { float32 } from '../../graph/tensor.ts';
import { compareGraphs, normalTensor } from '../../testing/compare-graphs.ts';
import { runGraph } from '../../testing/run-graph.ts';
import { describeWithShared } from '../../testing/shared-folder.ts';
import { readSharedNetwork, type SharedNetwork } from '../../testing/shared-network.ts';
import { looksLikeCaffe, readCaffe, type CaffeNetwork } from './caffe.ts';
import { caffeLayers, withSplits } from './testing/as-caffe.ts';
import { all, float, message, text, varint } from './testing/wire.ts';
import { writeCaffe, type WrittenLayer } from './testing/write-caffe.ts';

const dims = [1, 3, 64, 80];

/** An image around zero of the range that these networks know. */
const picture = float32(
  normalTensor(dims).data.map((v) => 50 * v),
  dims,
);

/** One target of a network at one size. */
const at = (graph: Graph, target: Name): Graph => specialise(graph, { data: dims }, [target]).graph;

async function activations(graph: Graph, targets: readonly Name[]): Promise<Map<Name, Float32Array>> {
  const special = specialise(graph, { data: dims }, targets).graph;
  const results = await runGraph(special, new Map([['data', picture]]));
  return new Map(Array.from(results, ([name, { data }]) => [name, Float32Array.from(data, Number)]));
}

/** The greatest difference, relative to the greatest value. */
function difference(a: Float32Array = new Float32Array(), b: Float32Array = new Float32Array()): number {
  if (a.length !== b.length || a.length === 0) return Infinity;
  const top = a.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return a.reduce((most, v, i) => Math.max(most, Math.abs(v - (b[i] ?? NaN))), 0) / top;
}

const input = all(text(3, 'data'), ...[10, 3, 227, 227].map((size) => varint(4, size)));

/** The data layer of a network that was saved while training. */
const trainingData: WrittenLayer = {
  name: 'data',
  type: 'Data',
  bottom: [],
  top: ['data', 'label'],
  more: all(
    message(8, varint(1, 0)),
    message(100, varint(3, 224), ...[104, 117, 123].map((v) => float(5, v))),
  ),
};

const asTraining = (layers: readonly WrittenLayer[]): WrittenLayer[] =>
  layers.map((layer) =>
    layer.type === 'Softmax'
      ? { ...layer, name: 'loss', type: 'SoftmaxWithLoss', bottom: [...layer.bottom, 'label'], top: ['loss'] }
      : layer,
  );

/** Version 0 knows no global pooling, so it ends before. */
const beforeGlobalPooling = (layers: readonly WrittenLayer[]): readonly WrittenLayer[] =>
  layers.slice(
    0,
    layers.findIndex(({ settings = {} }) => 'global_pooling' in settings),
  );

interface Case {
  readonly title: string;
  readonly network: SharedNetwork;
  readonly bytes: (layers: readonly WrittenLayer[]) => Uint8Array;
  readonly hints: CaffeNetwork['hints'];
  readonly output: Name;
  readonly logits: Name;
  readonly layers: readonly Name[];
}

const googlenet = {
  network: 'googlenet',
  logits: 'loss3/classifier',
  layers: ['conv1/7x7_s2', 'pool1/norm1', 'inception_3a/3x3_reduce', 'inception_4c/output', 'pool5/7x7_s1'],
} as const;

const cases: readonly Case[] = [
  {
    ...googlenet,
    title: 'GoogLeNet of version 2, saved while training',
    bytes: (layers) => writeCaffe(2, [trainingData, ...withSplits(asTraining(layers))]),
    hints: { size: 224, mean: [104, 117, 123] },
    output: 'loss/prob',
  },
  {
    ...googlenet,
    title: 'GoogLeNet of version 1',
    bytes: (layers) => writeCaffe(1, withSplits(layers), input),
    hints: { size: 227 },
    output: 'prob',
  },
  {
    title: 'SqueezeNet of version 0',
    network: 'squeezenet1.1',
    bytes: (layers) => writeCaffe(0, beforeGlobalPooling(layers), input),
    hints: { size: 227 },
    output: 'conv10',
    logits: 'conv10',
    layers: ['conv1', 'pool3', 'fire5/concat', 'fire9/expand3x3'],
  },
];

describeWithShared.each(cases)('$title', ({ network, bytes, hints, output, logits, layers }) => {
  let original: Graph;
  let file: Uint8Array;
  let read: CaffeNetwork;
  beforeAll(() => {
    original = readSharedNetwork(network);
    file = bytes(caffeLayers(original));
    read = readCaffe(file);
  });

  it('is recognised, with its input and output', () => {
    expect(looksLikeCaffe(file)).toBe(true);
    expect(read.hints).toEqual(hints);
    expect(read.graph.inputs).toEqual([{ name: 'data', type: 'float32', dims: ['N', 3, 'H', 'W'] }]);
    expect(read.graph.outputs).toEqual([output]);
  });

  it('gives the activations of the original', async () => {
    const targets = [...layers, logits];
    const expected = await activations(original, targets);
    const actual = await activations(read.graph, targets);
    for (const name of targets)
      expect(difference(expected.get(name), actual.get(name)), name).toBeLessThan(1e-4);
  });

  it('gives its input gradient', async () => {
    const { gradient } = await compareGraphs(
      { graph: at(original, logits) },
      { graph: at(read.graph, logits) },
      picture,
    );
    expect(gradient).toBeLessThan(1e-4);
  });
});
