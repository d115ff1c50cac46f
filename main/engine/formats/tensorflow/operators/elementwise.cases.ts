/** Functions of elements, and of tensors stretched over each other. */
import { floats, integers, size, type OperatorCase } from '../testing/case.ts';
import { attr, node } from '../testing/graph-def.ts';
import { each, grid, type Grid } from '../testing/reference.ts';
import type { Bytes } from '../testing/wire.ts';

function unary(op: string, f: (v: number) => number, attributes: Record<string, Bytes> = {}): OperatorCase {
  return { title: op, nodes: [node('y', op, ['x'], attributes)], expected: (x) => each(x, f), map: true };
}

/** `x op row`, where the second is stretched from the last axis, and the other way round. */
function binary(op: string, f: (a: number, b: number) => number): OperatorCase[] {
  const row = [0.5, 2, 1.5, 0.25];
  const at = (k = 0) => row[k] ?? NaN;
  return [
    {
      title: `${op} with a vector`,
      nodes: [floats('row', row), node('y', op, ['x', 'row'])],
      expected: (x) => grid(x.dims, (n = 0, i = 0, j = 0, k = 0) => f(x.at(n, i, j, k), at(k))),
      map: true,
    },
    {
      title: `${op} of a column of pixels`,
      nodes: [floats('column', row.slice(0, 3), [3, 1]), node('y', op, ['column', 'x'])],
      expected: (x) => grid(x.dims, (n = 0, i = 0, j = 0, k = 0) => f(at(j), x.at(n, i, j, k))),
      map: true,
      sizes: [[1, 4, 3, 4]],
    },
  ];
}

export const elementwiseCases: readonly OperatorCase[] = [
  unary('Relu', (v) => Math.max(v, 0)),
  unary('LeakyRelu', (v) => (v < 0 ? 0.2 * v : v)),
  unary('LeakyRelu', (v) => (v < 0 ? 0.5 * v : v), { alpha: attr.float(0.5) }),
  unary('Elu', (v) => (v < 0 ? Math.exp(v) - 1 : v)),
  unary('Sigmoid', (v) => 1 / (1 + Math.exp(-v))),
  unary('Tanh', Math.tanh),
  unary('Softplus', (v) => Math.log(1 + Math.exp(v))),
  unary('Exp', Math.exp),
  unary('Neg', (v) => -v),
  unary('Abs', Math.abs),
  unary('Square', (v) => v * v),
  unary('Inv', (v) => 1 / v),
  unary('Identity', (v) => v, {}),
  ...binary('Add', (a, b) => a + b),
  ...binary('AddV2', (a, b) => a + b),
  ...binary('Sub', (a, b) => a - b),
  ...binary('Mul', (a, b) => a * b),
  ...binary('RealDiv', (a, b) => a / b),
  ...binary('Maximum', Math.max),
  ...binary('Minimum', Math.min),
  ...binary('SquaredDifference', (a, b) => (a - b) ** 2),
  ...binary('FloorDiv', (a, b) => Math.floor(a / b)),
  ...binary('BiasAdd', (a, b) => a + b).slice(0, 1),
  {
    title: 'Relu6',
    nodes: [floats('ten', [10], []), node('large', 'Mul', ['x', 'ten']), node('y', 'Relu6', ['large'])],
    expected: (x) => each(x, (v) => Math.min(Math.max(10 * v, 0), 6)),
    map: true,
  },
  {
    title: 'Sqrt and Rsqrt',
    nodes: [node('a', 'Square', ['x']), node('b', 'Sqrt', ['a']), node('y', 'Rsqrt', ['b'])],
    expected: (x) => each(x, (v) => 1 / Math.sqrt(Math.abs(v))),
    map: true,
  },
  {
    title: 'AddN',
    nodes: [floats('row', [1, 2, 3, 4]), node('y', 'AddN', ['x', 'x', 'row'])],
    expected: (x) => grid(x.dims, (n = 0, i = 0, j = 0, k = 0) => 2 * x.at(n, i, j, k) + k + 1),
    map: true,
  },
  {
    title: 'Greater, Cast and SelectV2',
    nodes: [
      floats('zero', [0], []),
      node('positive', 'Greater', ['x', 'zero']),
      node('chosen', 'SelectV2', ['positive', 'x', 'zero']),
      node('ones', 'Cast', ['positive'], { SrcT: attr.type(10), DstT: attr.type(1) }),
      node('y', 'Add', ['chosen', 'ones']),
    ],
    expected: (x) => each(x, (v) => (v > 0 ? v + 1 : 0)),
    map: true,
  },
  {
    title: 'gates of channels that pass through vectors',
    nodes: [
      integers('axes', [1, 2]),
      node('mean', 'Mean', ['x', 'axes']),
      integers('shape', [-1, 1, 1, 4]),
      node('gate', 'Reshape', ['mean', 'shape']),
      node('y', 'Mul', ['x', 'gate']),
    ],
    expected: (x: Grid): Grid => {
      const count = size(x, 1) * size(x, 2);
      const mean = (k: number) => x.data.filter((_, i) => i % 4 === k).reduce((a, b) => a + b, 0) / count;
      return grid(x.dims, (n = 0, i = 0, j = 0, k = 0) => x.at(n, i, j, k) * mean(k));
    },
    map: true,
  },
];
