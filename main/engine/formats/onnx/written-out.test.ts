/**
 * What exporters leave in a file beside plain operators: functions, conditions and loops that follow from shapes, quantised
 * values, weights that are stored twice, and ends that are not supported. ONNX Runtime computes what the file itself means.
 */
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../graph/graph.ts';
import { inferShapes } from '../../graph/shapes.ts';
import { float32 } from '../../graph/tensor.ts';
import { usablePart } from '../../graph/usable.ts';
import { exported } from '../../testing/export-cases.ts';
import { runGraph } from '../../testing/run-graph.ts';
import {
  AttributeType,
  ElementType,
  encode,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from './schema.ts';
import { readOnnx } from './onnx.ts';

const { FLOAT, INT64, BOOL, UINT8, INT8 } = ElementType;

const fixture = (name: string): Uint8Array => readFileSync(exported(name));

const node = (
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attribute: AttributeProto[] = [],
  domain = '',
): NodeProto => ({ opType, input, output, attribute, domain });
const int = (name: string, i: number): AttributeProto => ({ name, type: AttributeType.INT, i });
const branch = (name: string, g: GraphProto): AttributeProto => ({
  ...{ name, type: AttributeType.GRAPH },
  g: { name, ...g },
});
const floats = (name: string, floatData: readonly number[], dims = [floatData.length]): TensorProto => ({
  ...{ name, dims, floatData },
  dataType: FLOAT,
});
const longs = (
  name: string,
  values: readonly number[],
  dims: readonly number[] = [values.length],
): TensorProto => ({
  ...{ name, dims, dataType: INT64 },
  int64Data: values.map((low) => ({ low, high: low < 0 ? -1 : 0 })),
});
const small = (
  name: string,
  values: readonly number[],
  dataType: number,
  dims = [values.length],
): TensorProto => ({
  ...{ name, dims, dataType, int32Data: values },
});
const value = (name: string, dims: readonly (number | string)[], elemType: number = FLOAT) => ({
  name,
  type: {
    tensorType: {
      elemType,
      shape: { dim: dims.map((d) => (typeof d === 'number' ? { dimValue: d } : { dimParam: d })) },
    },
  },
});

/** A network from `x` [1, 2, 3, 4], or of free size, to `y`. */
function network(graph: GraphProto, rest: Partial<ModelProto> = {}, free = false): Uint8Array {
  const input = [value('x', free ? ['N', 2, 'H', 'W'] : [1, 2, 3, 4])];
  return encode('model', {
    irVersion: 9,
    opsetImport: [
      { domain: '', version: 17 },
      { domain: 'own', version: 1 },
    ],
    ...rest,
    graph: { name: 'g', input, output: [value('y', [])], ...graph },
  });
}

/** Values around zero, of both signs. */
const picture = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(3 * i + 1));

/** What the file means, and what it became here. */
async function both(
  bytes: Uint8Array,
  dims: readonly number[] = [1, 2, 3, 4],
): Promise<[number[], number[]]> {
  const data = picture(dims.reduce((a, b) => a * b, 1));
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4, intraOpNumThreads: 1 });
  const meant = await session.run({ x: new OrtTensor('float32', data, dims) });
  const graph = readOnnx(bytes);
  const [output = ''] = graph.outputs;
  const made = await runGraph(graph, new Map([['x', float32(data, dims)]]));
  const whole = meant[output]?.data;
  if (!(whole instanceof Float32Array)) throw new Error('ONNX Runtime gave no floats.');
  return [[...whole], Array.from(made.get(output)?.data ?? [], Number)];
}

async function expectSame(bytes: Uint8Array, dims?: readonly number[]): Promise<void> {
  const [meant, made] = await both(bytes, dims);
  expect(made.length).toBe(meant.length);
  made.forEach((number, i) => expect(number).toBeCloseTo(meant[i] ?? NaN, 5));
}

describe('means the same as in ONNX Runtime', () => {
  it.each(['if_squeeze', 'function', 'dupinit', 'plain'])('%s', async (name) => {
    await expectSame(fixture(name), [1, 3, 32, 32]);
  });

  it('a function within a function, with an attribute of the call and one of its own', async () => {
    const leaky: AttributeProto = { name: 'alpha', refAttrName: 'slope', type: AttributeType.FLOAT };
    const functions = [
      {
        ...{ name: 'Leak', domain: 'own', input: ['a'], output: ['b'] },
        node: [node('LeakyRelu', ['a'], ['b'], [leaky])],
        attributeProto: [{ name: 'slope', type: AttributeType.FLOAT, f: 0.5 }],
        opsetImport: [{ domain: '', version: 17 }],
      },
      {
        ...{ name: 'Twice', domain: 'own', input: ['a'], output: ['d'] },
        node: [
          node('Leak', ['a'], ['c'], [{ name: 'slope', type: AttributeType.FLOAT, f: 0.25 }], 'own'),
          node('Leak', ['c'], ['d'], [], 'own'),
        ],
        opsetImport: [
          { domain: '', version: 17 },
          { domain: 'own', version: 1 },
        ],
      },
    ];
    const calls = [node('Twice', ['x'], ['h'], [], 'own'), node('Twice', ['h'], ['y'], [], 'own')];
    await expectSame(network({ node: calls }, { functions }));
  });

  it('a branch that reads what is around it, and holds another', async () => {
    const inner = (op: string): GraphProto => ({ node: [node(op, ['h'], ['i'])], output: [value('i', [])] });
    const then: GraphProto = {
      node: [
        node('Mul', ['x', 'two'], ['h']),
        node('If', ['no'], ['t'], [branch('then_branch', inner('Neg')), branch('else_branch', inner('Exp'))]),
      ],
      initializer: [floats('two', [2])],
      output: [value('t', [])],
    };
    const otherwise: GraphProto = { node: [node('Identity', ['x'], ['e'])], output: [value('e', [])] };
    await expectSame(
      network({
        initializer: [longs('three', [3], []), longs('height', [2], [])],
        node: [
          node('Shape', ['x'], ['shape']),
          node('Gather', ['shape', 'height'], ['rows'], [int('axis', 0)]),
          node('Equal', ['rows', 'three'], ['yes']),
          node('Not', ['yes'], ['no']),
          node('If', ['yes'], ['y'], [branch('then_branch', then), branch('else_branch', otherwise)]),
        ],
      }),
    );
  });

  it('a loop of known turns, with what it carries and what it collects', async () => {
    const body: GraphProto = {
      input: [value('i', [], INT64), value('go', [], BOOL), value('state', [])],
      node: [
        node('Cast', ['i'], ['turn'], [int('to', FLOAT)]),
        node('Add', ['state', 'turn'], ['moved']),
        node('Tanh', ['moved'], ['next']),
        node('Identity', ['go'], ['on']),
        node('Mul', ['next', 'x'], ['seen']),
      ],
      output: [value('on', [], BOOL), value('next', []), value('seen', [])],
    };
    await expectSame(
      network({
        initializer: [longs('turns', [3], []), small('true', [1], BOOL, [])],
        node: [
          node('Loop', ['turns', 'true', 'x'], ['last', 'rows'], [branch('body', body)]),
          node('Add', ['rows', 'last'], ['y']),
        ],
      }),
    );
  });

  it.each<[string, TensorProto, TensorProto, TensorProto]>([
    ['bytes', floats('s', [0.01], []), small('z', [128], UINT8, []), small('w', [7], UINT8, [])],
    ['signed bytes', floats('s', [0.0061], []), small('z', [-3], INT8, []), small('w', [7], INT8, [])],
    [
      'what is cut at both ends',
      floats('s', [0.002], []),
      small('z', [128], UINT8, []),
      small('w', [7], UINT8, []),
    ],
  ])('values that are quantised to %s, taken apart and pooled between', async (_, scale, zero) => {
    const pool = [
      { name: 'kernel_shape', type: AttributeType.INTS, ints: [2, 2] },
      { name: 'strides', type: AttributeType.INTS, ints: [1, 1] },
    ];
    await expectSame(
      network({
        initializer: [scale, zero],
        node: [
          node('QuantizeLinear', ['x', 's', 'z'], ['q']),
          node('MaxPool', ['q'], ['p'], pool),
          node('DequantizeLinear', ['p', 's', 'z'], ['y']),
        ],
      }),
    );
  });

  it('values with a scale for each channel', async () => {
    const scales = [floats('s', [0.01, 0.02]), small('z', [0, 0], INT8)];
    await expectSame(
      network({
        initializer: scales,
        node: [
          node('QuantizeLinear', ['x', 's', 'z'], ['q'], [int('axis', 1)]),
          node('DequantizeLinear', ['q', 's', 'z'], ['y'], [int('axis', 1)]),
        ],
      }),
    );
  });
});

describe('refuses in a sentence that helps', () => {
  const refused = (bytes: Uint8Array, words: RegExp): void =>
    expect(() => readOnnx(bytes)).toThrow(
      expect.objectContaining({
        code: 'model/unsupported',
        message: expect.stringMatching(words) as unknown,
      }),
    );

  it('a normalisation in training mode', () =>
    refused(fixture('bn_train'), /"bn".*training_mode.*model\.eval\(\)/));

  it('a function that calls itself', () => {
    const functions = [
      { name: 'F', domain: 'own', input: ['a'], output: ['b'], node: [node('F', ['a'], ['b'], [], 'own')] },
    ];
    refused(network({ node: [node('F', ['x'], ['y'], [], 'own')] }, { functions }), /"F" calls itself/);
  });

  it('functions that grow without bound', () => {
    const functions = Array.from({ length: 40 }, (_, i) => ({
      ...{ name: `F${i}`, domain: 'own', input: ['a'], output: ['c'] },
      node: [
        node(i === 0 ? 'Neg' : `F${i - 1}`, ['a'], ['b'], [], i === 0 ? '' : 'own'),
        node(i === 0 ? 'Neg' : `F${i - 1}`, ['b'], ['c'], [], i === 0 ? '' : 'own'),
      ],
    }));
    refused(network({ node: [node('F39', ['x'], ['y'], [], 'own')] }, { functions }), /more than 50000/);
  });

  it('a condition on the size of the picture', () => {
    const graph = (op: string): GraphProto => ({ node: [node(op, ['x'], ['o'])], output: [value('o', [])] });
    const bytes = network(
      {
        initializer: [longs('edge', [260], []), longs('width', [3], [])],
        node: [
          node('Shape', ['x'], ['shape']),
          node('Gather', ['shape', 'width'], ['w'], [int('axis', 0)]),
          node('Greater', ['w', 'edge'], ['wide']),
          node(
            'If',
            ['wide'],
            ['y'],
            [branch('then_branch', graph('Neg')), branch('else_branch', graph('Exp'))],
          ),
        ],
      },
      {},
      true,
    );
    refused(bytes, /decides by the size of the picture/);
  });

  it('a condition on the picture itself', () => {
    const graph = (op: string): GraphProto => ({ node: [node(op, ['x'], ['o'])], output: [value('o', [])] });
    const read = readOnnx(
      network({
        initializer: [floats('zero', [0], [])],
        node: [
          node('ReduceMax', ['x'], ['m'], [int('keepdims', 0)]),
          node('Greater', ['m', 'zero'], ['c']),
          node(
            'If',
            ['c'],
            ['y'],
            [branch('then_branch', graph('Neg')), branch('else_branch', graph('Exp'))],
          ),
        ],
      }),
    );
    expect(() => inferShapes(read, {})).toThrow(/If \(".*"\); export it for one size/);
  });
});

describe('what lies before an operator that is not supported', () => {
  const usable = (bytes: Uint8Array): { graph: Graph; unsupported: object } => {
    const { graph, unsupported } = usablePart(readOnnx(bytes));
    return { graph, unsupported: Object.fromEntries(unsupported) };
  };

  it('works, up to what the rest reads', () => {
    const { graph, unsupported } = usable(fixture('nms'));
    expect(unsupported).toEqual({ NonMaxSuppression: ['sel'] });
    expect([...inferShapes(graph, {}).keys()]).toEqual(expect.arrayContaining(['c1', 'r1', 'c2', 'r2']));
    expect(graph.outputs).toEqual(['boxes', 'scores']);
  });

  it('keeps the outputs that do not depend on it', () => {
    const nodes = [node('Relu', ['x'], ['y']), node('Unheard', ['y'], ['z'], [], 'own')];
    const bytes = network({ node: nodes, output: [value('z', []), value('y', [])] });
    expect(usable(bytes)).toMatchObject({ graph: { outputs: ['y'] }, unsupported: { 'own.Unheard': ['z'] } });
  });

  it('is refused where there is nothing', () => {
    const bytes = network({ node: [node('Unheard', ['x'], ['y'], [], 'own')] });
    expect(() => usablePart(readOnnx(bytes))).toThrow(
      /own\.Unheard \("y"\); export it with standard operators/,
    );
  });
});
