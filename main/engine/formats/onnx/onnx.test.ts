import { describe, expect, it, test } from 'vitest';
import type { Graph } from '../../graph/graph.ts';
import { inferShapes } from '../../graph/shapes.ts';
import { bool, float32, int64, type Tensor } from '../../graph/tensor.ts';
import { AttributeType, ElementType, encode, type AttributeProto } from './schema.ts';
import { looksLikeOnnx } from './signature.ts';
import { writeOnnx } from './write.ts';
import { graph, model, node, small, tensorType } from './testing/samples.ts';
import { parseOnnx, readOnnx } from './onnx.ts';

const roundTrips: Record<string, Graph> = {
  'a small network': small,
  'no constants': graph([node('Relu', ['x'], ['y'])]),
  'a name outside ASCII': graph([node('Relu', ['x'], ['größe/出力'])], {}, ['größe/出力']),
  'omitted inputs and outputs': graph([
    node('LSTM', ['x', '', 'x', '', '', 'x'], ['', 'y'], { hidden_size: 3 }),
  ]),
  'another domain': graph([
    node('com.microsoft.FusedConv', ['x', 'x'], ['y'], { activation: 'Relu', activation_params: [0.25] }),
  ]),
  'every kind of attribute': graph([
    node('com.example.op', ['x'], ['y'], {
      alpha: 1,
      axis: -1,
      mode: 'linear',
      empty: '',
      perm: [0, 2, 1],
      activation_alpha: [1, 2.5],
      activations: ['Tanh', 'Relu'],
      none: [],
      t: float32([1, 2], [2]),
      large: Number.MAX_SAFE_INTEGER,
    }),
  ]),
  'every element type': graph([node('Relu', ['x'], ['y'])], {
    f: float32([1.5, -0, NaN, Infinity], [2, 2]),
    i: { type: 'int32', dims: [2], data: Int32Array.of(-(2 ** 31), 7) },
    l: { type: 'int64', dims: [], data: BigInt64Array.of(-(2n ** 63n)) },
    b: bool([true, false]),
    none: float32([], [0, 3]),
    view: float32(new Float32Array(8).subarray(3, 5)),
  }),
  'nothing but a constant': { ...graph([], { y: float32([1]) }), inputs: [] },
};

describe('what is written is read again', () => {
  it.each(Object.entries(roundTrips))('%s', (_, original) => {
    expect(parseOnnx(writeOnnx(original))).toEqual({ graph: original, opset: 20 });
    expect(parseOnnx(writeOnnx(original, { opset: 11 })).opset).toBe(11);
  });

  test('into memory of its own', () => {
    const bytes = writeOnnx(small);
    const read = parseOnnx(bytes).graph;
    bytes.fill(0);
    expect(read).toEqual(small);
  });
});

const { FLOAT, FLOAT16 } = ElementType;
const { INT, INTS, FLOATS, TENSOR, STRING, SPARSE_TENSOR } = AttributeType;

describe('Constant nodes', () => {
  const constant = (attribute: AttributeProto) =>
    model({
      node: [
        { opType: 'Constant', output: ['t'], attribute: [attribute] },
        { opType: 'Mul', input: ['x', 't'], output: ['y'] },
      ],
    });

  // prettier-ignore
  it.each<[AttributeProto, Tensor]>([
    [{ name: 'value', type: TENSOR, t: { dims: [2], dataType: FLOAT, floatData: [1, 2] } }, float32([1, 2])],
    [{ name: 'value_float', type: AttributeType.FLOAT, f: 0.5 }, float32([0.5], [])],
    [{ name: 'value_floats', type: FLOATS, floats: [0.5, 2] }, float32([0.5, 2])],
    [{ name: 'value_int', type: INT, i: 3 }, int64([3], [])],
    [{ name: 'value_ints', type: INTS, ints: [3, -4] }, int64([3, -4])],
    [{ name: 'value_ints', ints: [3, -4] }, int64([3, -4])],
  ])('become constants: %j', (attribute, expected) => {
    const { graph } = parseOnnx(constant(attribute));
    expect(graph.constants).toEqual(new Map([['t', expected]]));
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Mul']);
  });

  it.each<AttributeProto>([
    { name: 'value_string', type: STRING, s: Uint8Array.of(65) },
    { name: 'sparse_value', type: SPARSE_TENSOR },
    { name: 'value', type: INT, i: 3 },
  ])('of other kinds are refused: %j', (attribute) => {
    expect(() => parseOnnx(constant(attribute))).toThrow(
      expect.objectContaining({ code: 'model/unsupported' }),
    );
  });
});

describe('the structure of a network', () => {
  test('constants listed as inputs are constants', () => {
    const bytes = model({
      node: [{ opType: 'Mul', input: ['x', 't'], output: ['y'] }],
      input: [
        { name: 'x', type: tensorType(FLOAT16, 'batch', 0, 7) },
        { name: 't', type: tensorType(FLOAT, 1) },
      ],
      initializer: [{ name: 't', dims: [1], dataType: FLOAT, floatData: [2] }],
    });
    expect(parseOnnx(bytes).graph.inputs).toEqual([{ name: 'x', type: 'float32', dims: ['batch', -1, 7] }]);
  });

  test('nodes are sorted, named after their output where they have no name, and never share one', () => {
    const bytes = model({
      node: [
        { opType: 'Add', name: 'twice', input: ['a', 'b'], output: ['y'] },
        { opType: 'Relu', name: 'twice', input: ['x'], output: ['a'] },
        { opType: 'Neg', input: ['a'], output: ['b'] },
      ],
    });
    const { nodes } = parseOnnx(bytes).graph;
    expect(nodes.map(({ op, name }) => [op, name])).toEqual([
      ['Relu', 'twice_2'],
      ['Neg', 'b'],
      ['Add', 'twice'],
    ]);
  });

  test('operators with subgraphs are kept, without them', () => {
    const bytes = model({
      node: [
        {
          opType: 'If',
          input: ['x'],
          output: ['y'],
          attribute: [{ name: 'then_branch', type: AttributeType.GRAPH }],
        },
      ],
    });
    expect(readOnnx(bytes).nodes).toEqual([
      { op: 'If', name: 'y', inputs: ['x'], outputs: ['y'], attributes: {} },
    ]);
  });

  test('a chain of 50,000 nodes does not exhaust the stack', () => {
    const length = 50_000;
    const node = Array.from({ length }, (_, i) => ({
      opType: 'Relu',
      input: [`t${i + 1}`],
      output: [`t${i}`],
    }));
    const bytes = model({
      node,
      input: [{ name: `t${length}`, type: tensorType(FLOAT, 1) }],
      output: [{ name: 't0' }],
    });
    expect(readOnnx(bytes).nodes).toHaveLength(length);
  });

  // prettier-ignore
  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'model/unreadable'],
    ['text', new TextEncoder().encode('{"nodes": []}'), 'model/unreadable'],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), 'model/unreadable'],
    ['a model without a graph', encode('model', { irVersion: 8, opsetImport: [{ domain: '', version: 20 }] }), 'model/unreadable'],
    ['a model without standard operators', encode('model', { irVersion: 8, opsetImport: [{ domain: 'ai.onnx.ml', version: 3 }], graph: {} }), 'model/unreadable'],
    ['a network without an output', model({ output: [] }), 'model/unreadable'],
    ['a cycle', model({ node: [{ opType: 'Add', input: ['x', 'y'], output: ['z'] }, { opType: 'Relu', input: ['z'], output: ['y'] }] }), 'model/unreadable'],
    ['a tensor that two nodes write', model({ node: [{ opType: 'Relu', input: ['x'], output: ['y'] }, { opType: 'Neg', input: ['x'], output: ['y'] }] }), 'model/unreadable'],
    ['a tensor that one node writes twice', model({ node: [{ opType: 'Split', input: ['x'], output: ['y', 'y'] }] }), 'model/unreadable'],
    ['an input that a node writes', model({ node: [{ opType: 'Relu', input: ['x'], output: ['x'] }], output: [{ name: 'x' }] }), 'model/unreadable'],
    ['a constant of the same name with two values', model({ initializer: [1, 2].map((value) => ({ name: 't', dataType: FLOAT, floatData: [value] })) }), 'model/unreadable'],
    ['a constant without a name', model({ initializer: [{ dataType: FLOAT, floatData: [1] }] }), 'model/unreadable'],
    ['a tensor from nowhere', model({ node: [{ opType: 'Relu', input: ['q'], output: ['y'] }] }), 'model/unreadable'],
    ['an output from nowhere', model({ output: [{ name: 'q' }] }), 'model/unreadable'],
    ['an input of text', model({ input: [{ name: 'x', type: tensorType(8, 1) }] }), 'model/unsupported'],
    ['an input that is a sequence', model({ input: [{ name: 'x', type: {} }] }), 'model/unsupported'],
    ['an input without a rank', model({ input: [{ name: 'x', type: { tensorType: { elemType: FLOAT } } }] }), 'model/unsupported'],
    ['a sparse constant', model({ sparseInitializer: [{ values: { name: 't' } }] }), 'model/unsupported'],
    ['an operator set that is none', model({}, 0), 'model/unsupported'],
  ])('%s is refused', (_, bytes, code) => {
    expect(() => readOnnx(bytes)).toThrow(expect.objectContaining({ name: 'ReverieError', code }));
  });
});

// prettier-ignore
test('a network of 2017, as Caffe2 wrote them', () => {
  const ints = (name: string, values: number[]) => ({ name, type: AttributeType.INTS, ints: values });
  const int = (name: string, i: number) => ({ name, type: AttributeType.INT, i });
  const weights: [string, number[]][] = [
    ['conv1_w_0', [4, 3, 3, 3]],
    ['conv1_b_0', [4]],
    ['bn_s', [4]],
    ['bn_b', [4]],
    ['bn_m', [4]],
    ['bn_v', [4]],
    ['fc_w_0', [10, 128]],
    ['fc_b_0', [10]],
  ];
  const bytes = model(
    {
      node: [
        { opType: 'Conv', input: ['data_0', 'conv1_w_0', 'conv1_b_0'], output: ['conv1_1'], attribute: [ints('kernel_shape', [3, 3]), ints('pads', [1, 1, 1, 1])] },
        { opType: 'BatchNormalization', input: ['conv1_1', 'bn_s', 'bn_b', 'bn_m', 'bn_v'], output: ['bn_1'], attribute: [int('is_test', 1), ints('consumed_inputs', [0, 0, 0, 1, 1])] },
        { opType: 'Relu', input: ['bn_1'], output: ['bn_2'], attribute: [ints('consumed_inputs', [1])] },
        { opType: 'Concat', input: ['bn_2', 'bn_1'], output: ['join_1'] },
        { opType: 'MaxPool', input: ['join_1'], output: ['pool_1'], attribute: [ints('kernel_shape', [2, 2]), ints('strides', [2, 2])] },
        { opType: 'Dropout', input: ['pool_1'], output: ['pool_2', '_pool_mask_1'], attribute: [int('is_test', 1)] },
        { opType: 'Reshape', input: ['pool_2'], output: ['flat_1'], attribute: [ints('shape', [1, 128])] },
        { opType: 'Gemm', input: ['flat_1', 'fc_w_0', 'fc_b_0'], output: ['fc_1'], attribute: [int('transB', 1), int('broadcast', 1)] },
        { opType: 'Softmax', input: ['fc_1'], output: ['prob_1'] },
      ],
      // Weights are inputs, too.
      input: [['data_0', [1, 3, 8, 8]] as const, ...weights].map(([name, dims]) => ({ name, type: tensorType(ElementType.FLOAT, ...dims) })),
      output: [{ name: 'prob_1' }],
      initializer: weights.map(([name, dims]) => ({ name, dims, dataType: ElementType.FLOAT, floatData: new Array<number>(dims.reduce((a, b) => a * b)).fill(0.1) })),
    },
    3,
  );
  const read = readOnnx(bytes);
  expect(read.inputs.map(({ name }) => name)).toEqual(['data_0']);
  expect(read.nodes.map(({ op }) => op)).toEqual(['Conv', 'BatchNormalization', 'Relu', 'Concat', 'MaxPool', 'Reshape', 'Gemm', 'Softmax']);
  expect(inferShapes(read, {}).get('prob_1')?.dims).toEqual([1, 10]);
});

describe('looksLikeOnnx', () => {
  test.each<[string, Uint8Array, boolean]>([
    ['a network', writeOnnx(small), true],
    ['a network that is cut off', writeOnnx(small).slice(0, 200), true],
    ['nothing', new Uint8Array(), false],
    ['a model without a graph', encode('model', { irVersion: 8 }), false],
    // Field 1 of a TensorFlow GraphDef is a node, of a Caffe network its name.
    ['a network whose first field is a message', Uint8Array.of(0x0a, 0x02, 0x0a, 0x00, 0x3a, 0x00), false],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), false],
    ['text', new TextEncoder().encode('name: "GoogleNet"\nlayer { }'), false],
  ])('%s: %#', (_, bytes, expected) => {
    expect(looksLikeOnnx(bytes)).toBe(expected);
  });
});
