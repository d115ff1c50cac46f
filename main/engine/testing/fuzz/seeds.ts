/** The files that mutations are made from: a bit of everything that the readers know, each of a few hundred bytes or kilobytes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { caffeLayers } from '../../formats/caffe/testing/as-caffe.ts';
import { writeCaffe } from '../../formats/caffe/testing/write-caffe.ts';
import { AttributeType, ElementType, encode } from '../../formats/onnx/schema.ts';
import { writeOnnx } from '../../formats/onnx/write.ts';
import { writeTensorflow } from '../../formats/tensorflow/testing/network-writer.ts';
import type { Graph, Node } from '../../graph/graph.ts';
import { cases as oldForms, oldestCases } from '../../graph/normalise.cases.ts';
import { operatorCases } from '../../graph/normalise/operators.cases.ts';
import type { Case } from '../../graph/shapes/cases/case.ts';
import { choosing } from '../../graph/shapes/cases/choosing.ts';
import { elements } from '../../graph/shapes/cases/elements.ts';
import { layers } from '../../graph/shapes/cases/layers.ts';
import { rearranging } from '../../graph/shapes/cases/rearranging.ts';
import { windows } from '../../graph/shapes/cases/windows.ts';
import { float32, int64, type Tensor } from '../../graph/tensor.ts';
import { tinyGraph } from '../tiny-model.ts';

/** What of a seed is mutated, in which way. */
export type Part = 'fields' | 'text' | 'bytes';

export interface Seed {
  readonly name: string;
  readonly extension: '.onnx' | '.pb' | '.caffemodel';
  readonly part: Part;
  readonly bytes: Uint8Array;
  /** Of a Caffe network; where there is one, this is what is mutated as text. */
  readonly prototxt?: string;
}

/** What weights that lie in another file are read from: beside the file that a test pretends to read. */
export const WEIGHTS = { name: 'weights.bin', bytes: new Uint8Array(4096) };

/** `y` = Relu(`x`) and one node of every shape rule's cases, its inputs constants that can be evaluated. */
function oneNode(op: string, { attributes, inputs, outputs }: Case): Graph {
  const named = inputs.map((sample, i) => (sample === undefined ? '' : `i${i}`));
  const constants = inputs.flatMap((sample, i) =>
    sample === undefined ? [] : [[`i${i}`, sample.tensor] as const],
  );
  const node: Node = {
    ...{ op, name: op, attributes, inputs: named },
    outputs: Array.from({ length: outputs }, (_, i) => `o${i}`),
  };
  const relu: Node = { op: 'Relu', name: 'relu', attributes: {}, inputs: ['x'], outputs: ['y'] };
  return {
    name: op,
    inputs: [{ name: 'x', type: 'float32', dims: ['N', 3, 'H', 'W'] }],
    outputs: ['y', 'o0'],
    nodes: [relu, node],
    constants: new Map(constants),
  };
}

const CASES = { ...choosing, ...elements, ...layers, ...rearranging, ...windows };

function onnx(name: string, graph: Graph, opset?: number): Seed {
  const bytes = writeOnnx(graph, opset === undefined ? {} : { opset });
  return { name, extension: '.onnx', part: 'fields', bytes };
}

/** A network whose weights lie in {@link WEIGHTS}. */
function external(): Uint8Array {
  const data = [
    ['location', WEIGHTS.name],
    ['offset', '128'],
    ['length', '108'],
  ].map(([key = '', value = '']) => ({ key, value }));
  return encode('model', {
    irVersion: 8,
    opsetImport: [{ domain: '', version: 13 }],
    graph: {
      node: [{ opType: 'Conv', input: ['x', 'w'], output: ['y'] }],
      input: [
        {
          name: 'x',
          type: {
            tensorType: {
              elemType: ElementType.FLOAT,
              shape: { dim: [1, 3, 16, 16].map((dimValue) => ({ dimValue })) },
            },
          },
        },
      ],
      output: [{ name: 'y' }],
      initializer: [
        {
          name: 'w',
          dims: [3, 3, 3, 1],
          dataType: ElementType.FLOAT,
          dataLocation: 1,
          externalData: data,
        },
      ],
    },
  });
}

/** The tiny network with biases, as the older frameworks always have them. */
const biased: Graph = {
  ...tinyGraph,
  nodes: tinyGraph.nodes.map((node) => {
    const [x = '', weight = ''] = node.inputs;
    return weight === '' ? node : { ...node, inputs: [x, weight, `${weight}/bias`] };
  }),
  constants: new Map(
    Array.from(tinyGraph.constants).flatMap(([name, weight]) => [
      [name, weight] as const,
      [`${name}/bias`, float32(new Float32Array(weight.dims[0] ?? 0).fill(0.1))] as const,
    ]),
  ),
};

/** The oldest version of Caffe has no pooling over everything: there the network ends before it. */
function caffe(version: 0 | 1 | 2): Uint8Array {
  const layers = caffeLayers(biased);
  const global = layers.findIndex(({ settings }) => settings?.['global_pooling'] === 1);
  return writeCaffe(version, version === 0 ? layers.slice(0, global) : layers);
}

const PROTOTXT = `name: "tiny"
input: "data" input_dim: 1 input_dim: 3 input_dim: 32 input_dim: 32
layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
  convolution_param { num_output: 8 kernel_size: 3 stride: 2 pad: 1 bias_term: false } }
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
layer { name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1" pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
layer { name: "norm1" type: "LRN" bottom: "pool1" top: "norm1" lrn_param { local_size: 5 alpha: 0.0001 beta: 0.75 } }
layer { name: "join" type: "Concat" bottom: "norm1" bottom: "pool1" top: "join" concat_param { axis: 1 } }
layer { name: "prob" type: "Softmax" bottom: "join" top: "prob" include { phase: TEST } }
`;

/** Tokens of patches behind a class token, which a rotary attention mixes. */
const patches: Graph = {
  name: 'tokens',
  inputs: [{ name: 'x', type: 'float32', dims: ['N', 3, 'H', 'W'] }],
  outputs: ['seen'],
  nodes: [
    made('Conv', ['x', 'filters'], ['map'], { strides: [8, 8] }),
    made('Reshape', ['map', 'flat'], ['row']),
    made('Transpose', ['row'], ['bare'], { perm: [0, 2, 1] }),
    made('Concat', ['class', 'bare'], ['all'], { axis: 1 }),
    made('com.microsoft.SkipLayerNormalization', ['all', 'all', 'scale'], ['tokens']),
    made('com.microsoft.RotaryEmbedding', ['tokens', 'first', 'table', 'table'], ['turned'], {
      num_heads: 2,
    }),
    made('Attention', ['turned', 'tokens', 'tokens'], ['mixed'], { q_num_heads: 2, kv_num_heads: 2 }),
    made('Gather', ['mixed', 'first'], ['seen'], { axis: 1 }),
  ],
  constants: new Map<string, Tensor>([
    ['filters', float32(new Float32Array(8 * 3 * 64).fill(0.01), [8, 3, 8, 8])],
    ['flat', int64([0, 8, -1])],
    ['class', float32(new Float32Array(8).fill(0.3), [1, 1, 8])],
    ['scale', float32(new Float32Array(8).fill(1))],
    ['first', int64([0])],
    ['table', float32(new Float32Array(2048).fill(0.5), [1024, 2])],
  ]),
};

function made(op: string, inputs: string[], outputs: string[], attributes: Node['attributes'] = {}): Node {
  return { op, name: outputs[0] ?? '', inputs, outputs, attributes };
}

/** A loop of three turns, which carries one tensor and collects another. */
function loop(): Uint8Array {
  const named = (name: string): { name: string } => ({ name });
  const body = {
    name: 'body',
    input: ['turn', 'go', 'state'].map(named),
    node: [
      { opType: 'Cast', input: ['turn'], output: ['number'], attribute: [{ name: 'to', type: 2, i: 1 }] },
      { opType: 'Add', input: ['state', 'number'], output: ['moved'] },
      { opType: 'Tanh', input: ['moved'], output: ['next'] },
      { opType: 'Identity', input: ['go'], output: ['on'] },
      { opType: 'Mul', input: ['next', 'x'], output: ['seen'] },
    ],
    output: ['on', 'next', 'seen'].map(named),
  };
  const dim = [1, 3, 16, 16].map((dimValue) => ({ dimValue }));
  return encode('model', {
    irVersion: 9,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'loop',
      node: [
        {
          opType: 'Loop',
          input: ['turns', 'true', 'x'],
          output: ['last', 'rows'],
          attribute: [{ name: 'body', type: AttributeType.GRAPH, g: body }],
        },
        { opType: 'Add', input: ['rows', 'last'], output: ['y'] },
      ],
      input: [{ name: 'x', type: { tensorType: { elemType: ElementType.FLOAT, shape: { dim } } } }],
      output: [{ name: 'y' }],
      initializer: [
        { name: 'turns', dims: [], dataType: ElementType.INT64, int64Data: [{ low: 3, high: 0 }] },
        { name: 'true', dims: [], dataType: ElementType.BOOL, int32Data: [1] },
      ],
    },
  });
}

const fixture = (name: string): Seed => ({
  name,
  extension: '.onnx',
  part: 'fields',
  bytes: readFileSync(join(import.meta.dirname, '../../models/fixtures', `${name}.onnx`)),
});

const frozen = (
  flatten: 'reshape' | 'squeeze' | 'shape chain',
  bias: 'BiasAdd' | 'FusedBatchNormV3',
): Seed => ({
  name: `TensorFlow, ${flatten}`,
  extension: '.pb',
  part: 'fields',
  bytes: writeTensorflow(biased, { flatten, bias, concat: 'ConcatV2' }),
});

/** Larger networks, each as likely as the others. */
export const networks: readonly [Seed, ...Seed[]] = [
  onnx('ONNX', tinyGraph),
  { name: 'ONNX with weights beside it', extension: '.onnx', part: 'fields', bytes: external() },
  frozen('reshape', 'BiasAdd'),
  frozen('squeeze', 'FusedBatchNormV3'),
  frozen('shape chain', 'BiasAdd'),
  ...([0, 1, 2] as const).map((version): Seed => ({
    name: `Caffe ${version}`,
    extension: '.caffemodel',
    part: 'fields',
    bytes: caffe(version),
  })),
  { name: 'prototxt', extension: '.caffemodel', part: 'text', bytes: caffe(2), prototxt: PROTOTXT },
  fixture('vit-18'),
  fixture('convnext-18'),
  // Conditions, functions, quantised values, other layouts and ends, tokens: whatever exporters leave in a file.
  ...['if_squeeze', 'function', 'qdq', 'nhwc_valid_free', 'uint8_transpose_first', 'two_out', 'nms'].map(
    (name) => fixture(`exports/${name}`),
  ),
  ...['mini_vit', 'inner_nhwc'].map((name) => fixture(`tokens/${name}`)),
  onnx('attention of tokens', patches, 23),
  { name: 'a loop', extension: '.onnx', part: 'fields', bytes: loop() },
];

/** Every operator by itself, in the forms of today and of old operator sets. */
export const operators: readonly [Seed, ...Seed[]] = [
  onnx(
    'Relu',
    oneNode('Relu', { attributes: {}, inputs: [{ tensor: float32([1]), fed: true }], outputs: 1 }),
  ),
  ...Object.entries(CASES).flatMap(([op, list]) => list.map((one) => onnx(op, oneNode(op, one)))),
  ...[...oldForms, ...oldestCases, ...operatorCases].map(({ name, graph, opset }) =>
    onnx(`${name}, ${opset}`, graph, opset),
  ),
];
