import { describe, expect, it, test } from 'vitest';
import { runGraph } from '../testing/run-graph.ts';
import { OPSET, type Attribute, type Graph } from './graph.ts';
import { cases, network, node, oldestCases, values } from './normalise.cases.ts';
import { oldestForms } from './normalise/oldest.ts';
import { operatorCases } from './normalise/operators.cases.ts';
import { normalise, rewrites } from './normalise.ts';
import { freeInput } from './picture-input.ts';
import { float32, numbers, type Tensor } from './tensor.ts';

/** Both compute the same, which is not nothing. */
async function expectSame(normal: Graph, expected: Graph, opset: number): Promise<void> {
  const x = values(...(normal.inputs[0]?.dims ?? []).map(Number));
  const wantedOutputs = await runGraph(expected, new Map([['x', x]]), { opset });
  const outputs = await runGraph(normal, new Map([['x', x]]));
  for (const name of normal.outputs) {
    const [a, b] = [outputs.get(name), wantedOutputs.get(name)];
    if (a === undefined || b === undefined) throw new Error(`"${name}" is missing.`);
    expect(a.dims).toEqual(b.dims);
    const [got, wanted] = [numbers(a), numbers(b)];
    expect(Math.max(...wanted.map(Math.abs))).toBeGreaterThan(0);
    wanted.forEach((value, i) => expect(got[i]).toBeCloseTo(value, 4));
  }
}

describe('a form of the sets before 7 computes what today says it meant', () => {
  it.each(oldestCases)('$name (operator set $opset)', async ({ opset, graph, today }) => {
    await expectSame(normalise(graph, opset), today, 7);
  });

  test('every operator that changed until then has a case', () => {
    const covered = new Set(oldestCases.flatMap(({ graph }) => graph.nodes.map(({ op }) => op)));
    const alike = ['And', 'Or', 'Xor', 'Equal', 'Less'];
    expect(Object.keys(oldestForms).filter((op) => !covered.has(op) && !alike.includes(op))).toEqual([]);
  });
});

describe('an old form computes the same once normalised', () => {
  it.each(cases)('$name (operator set $opset)', async ({ opset, graph, ops }) => {
    const normal = normalise(graph, opset);
    expect(normal.nodes.map(({ op }) => op)).toEqual(ops);
    await expectSame(normal, graph, opset);
  });

  test('every rewritten operator has a case', () => {
    const covered = new Set(
      [...cases, ...operatorCases].flatMap(({ graph }) => graph.nodes.map(({ op }) => op)),
    );
    expect(Object.keys(rewrites).filter((op) => !covered.has(op))).toEqual([]);
  });

  it.each(cases)('$name is left alone the second time', ({ opset, graph }) => {
    const once = normalise(graph, opset);
    expect(normalise(once, OPSET).nodes).toEqual(once.nodes);
  });
});

describe('names', () => {
  test('a tensor behind Dropout is known by its producer, an output by its own name', () => {
    const graph = network([
      node('Relu', ['x'], {}, ['relu']),
      node('Dropout', ['relu'], {}, ['drop']),
      node('Neg', ['drop'], {}, ['neg']),
      node('Identity', ['neg']),
    ]);
    const normal = normalise(graph, 12);
    expect(normal.nodes.map(({ inputs, outputs }) => [...inputs, ...outputs])).toEqual([
      ['x', 'relu'],
      ['relu', 'neg'],
      ['neg', 'y'],
    ]);
    expect(normal.outputs).toEqual(['y']);
  });

  test('new constants take no name that the network uses', () => {
    const graph = network([node('Clip', ['x'], { min: 0 }, ['z']), node('Add', ['z', 'Clip-z/min'])], {
      'Clip-z/min': float32([3], []),
    });
    const { constants, nodes } = normalise(graph, 7);
    expect(numbers(constants.get('Clip-z/min') ?? values(1))).toEqual([3]);
    expect(nodes[0]?.inputs).toEqual(['x', 'Clip-z/min_2']);
  });

  test('constants that nothing reads are dropped, unknown operators kept', () => {
    const normal = normalise(network([node('com.example.Swirl', ['x'], { turns: 2 })], { c: values(3) }), 13);
    expect(normal.constants.size).toBe(0);
    expect(normal.nodes).toEqual([node('com.example.Swirl', ['x'], { turns: 2 })]);
  });
});

test.each([
  ['an operator set before the first', 0, network([node('Relu', ['x'])])],
  [
    'a cast to text',
    5,
    network([node('Cast', ['x'], { to: 'STRING' }, ['z']), node('Cast', ['x'], { to: 'TEXT' })]),
  ],
  [
    'an operand too large for its axis',
    6,
    network([node('Add', ['x', 'c'], { broadcast: 1, axis: 3 })], { c: values(4, 5) }),
  ],
  [
    'normalisation of single pixels',
    7,
    network([node('BatchNormalization', ['x', 'c', 'c', 'c', 'c'], { spatial: 0 })], { c: values(3) }),
  ],
  [
    'a mask of a Dropout that is read',
    12,
    network([node('Dropout', ['x'], {}, ['z', 'mask']), node('Not', ['mask'])]),
  ],
])('%s is refused', (_, opset, graph) => {
  expect(() => normalise(graph, opset)).toThrow(expect.objectContaining({ code: 'model/unsupported' }));
});

test.each([
  [
    [1, 3, 224, 224],
    ['N', 3, 'H', 'W'],
  ],
  [
    [-1, 1, 28, 28],
    ['N', 1, 'H', 'W'],
  ],
  [
    ['batch', 12, 'h', 'w'],
    ['N', 12, 'H', 'W'],
  ],
  [
    [1, 224, 224, 3],
    [1, 224, 224, 3],
  ],
  [
    [1, 1000],
    [1, 1000],
  ],
])('the input %j is freed to %j', (dims, freed) => {
  const graph: Graph = { ...network([]), inputs: [{ name: 'x', type: 'float32', dims }] };
  expect(freeInput(graph).inputs[0]?.dims).toEqual(freed);
});

describe('weights in integers', () => {
  const weights = (dims: readonly number[], data: readonly number[]): Tensor => ({
    type: 'int32',
    dims,
    data: Int32Array.from(data),
  });
  const added = (attributes: Record<string, Attribute>, constants: Record<string, Tensor>) =>
    normalise(
      network(
        [node('DequantizeLinear', Object.keys(constants), attributes, ['w']), node('Add', ['x', 'w'])],
        constants,
      ),
      13,
    );

  test('are counted from the zero point of their channel', () => {
    const { nodes, constants } = added(
      { axis: -2 },
      { q: weights([2, 3], [3, 4, 5, 128, 0, 255]), s: float32([0.5, 0.25]), z: weights([2], [4, 128]) },
    );
    const [, w = ''] = nodes[0]?.inputs ?? [];
    expect(numbers(constants.get(w) ?? values(1))).toEqual([-0.5, 0, 0.5, 0, -32, 31.75]);
  });

  it.each<[string, Record<string, Attribute>, Record<string, Tensor>]>([
    [
      'scales for another axis',
      { axis: 0 },
      { q: weights([2, 3], [1, 2, 3, 4, 5, 6]), s: float32([1, 2, 3]) },
    ],
    [
      'zero points for other channels',
      {},
      { q: weights([1, 2], [1, 2]), s: float32([1, 2]), z: weights([1], [3]) },
    ],
    ['blocks', { axis: 1, block_size: 2 }, { q: weights([1, 4], [1, 2, 3, 4]), s: float32([1, 2], [1, 2]) }],
  ])('are refused with %s', (_, attributes, constants) => {
    expect(() => added(attributes, constants)).toThrow(
      expect.objectContaining({ code: 'model/unsupported' }),
    );
  });
});
