/** Networks of one or two operators in the forms of old operator sets, and what must be left of them. */
import type { Attribute, Graph, Name, Node } from './graph.ts';
import { float32, int64, sizeOf, type Tensor } from './tensor.ts';

export interface Case {
  readonly name: string;
  readonly opset: number;
  /** Operators after normalisation. */
  readonly ops: readonly string[];
  readonly graph: Graph;
}

/** A node that writes `y`, unless it says otherwise. */
export function node(
  op: string,
  inputs: readonly Name[],
  attributes: Record<string, Attribute> = {},
  outputs: readonly Name[] = ['y'],
): Node {
  return { op, name: `${op}-${outputs[0] ?? ''}`, inputs, outputs, attributes };
}

/** A network from `x` to `outputs`. */
export function network(
  nodes: readonly Node[],
  constants: Record<Name, Tensor> = {},
  dims: readonly number[] = [2, 3, 4, 5],
  outputs: readonly Name[] = ['y'],
): Graph {
  return {
    name: 'test',
    inputs: [{ name: 'x', type: 'float32', dims }],
    outputs,
    nodes,
    constants: new Map(Object.entries(constants)),
  };
}

/** Numbers without structure, the same on every machine. */
export function values(...dims: number[]): Tensor {
  return float32(
    Float32Array.from({ length: sizeOf(dims) }, (_, i) => Math.sin(12.9898 * (i + 1)) * 3),
    dims,
  );
}

function row(name: string, opset: number, ops: string, ...graph: Parameters<typeof network>): Case {
  return { name, opset, ops: ops.split(' '), graph: network(...graph) };
}

const scalar = (value: number) => float32([value], []);
const ab = ['a', 'b'];
const batch = {
  s: float32([1, 2, -1]),
  b: float32([0.5, 0, 1]),
  m: float32([1, 0, 2]),
  v: float32([1, 2, 3]),
};
const perGroup = { s: float32([2, -1]), b: float32([0.5, 1]) };
const perChannel = { s: float32([2, -1, 3, 1]), b: float32([0.5, 1, 0, 2]) };
const sampled = float32([-0.5, 0.2, 0.1, 0.9, 0, -1, 0.3, 0.4], [1, 2, 2, 2]);
const quantised: Tensor = {
  type: 'int32',
  dims: [4, 3, 2, 2],
  data: Int32Array.from({ length: 48 }, (_, i) => ((i * 37) % 21) - 10),
};
const far = Number.MAX_SAFE_INTEGER;

const reductions = ['Sum', 'Mean', 'Max', 'Min', 'L1', 'L2', 'SumSquare', 'Prod', 'LogSumExp'].map((kind) =>
  row(`Reduce${kind} attribute`, 11, `Reduce${kind}`, [
    node(`Reduce${kind}`, ['x'], { axes: [1, -1], keepdims: 0 }),
  ]),
);

const kept = ['Gelu', 'Mish', 'HardSwish', 'Softplus'].map((op) =>
  row(`${op}, kept`, 20, op, [node(op, ['x'])]),
);

// prettier-ignore
export const cases: readonly Case[] = [
  ...reductions,
  row('ReduceLogSum attribute', 11, 'Abs ReduceLogSum', [node('Abs', ['x'], {}, ['z']), node('ReduceLogSum', ['z'], { axes: [1] })]),
  row('ReduceMean of everything', 13, 'ReduceMean', [node('ReduceMean', ['x'])]),
  row('ReduceMean attribute, late', 17, 'ReduceMean', [node('ReduceMean', ['x'], { axes: [2, 3] })]),
  row('Squeeze attribute', 11, 'Squeeze', [node('Squeeze', ['x'], { axes: [0, 2] })], {}, [1, 3, 1, 5]),
  row('Squeeze of everything', 11, 'Squeeze', [node('Squeeze', ['x'])], {}, [1, 3, 1, 5]),
  row('Unsqueeze attribute', 11, 'Unsqueeze', [node('Unsqueeze', ['x'], { axes: [0, 4] })]),

  row('Clip attributes', 7, 'Clip', [node('Clip', ['x'], { min: -1.5, max: 2 })]),
  row('Clip with one bound', 10, 'Clip', [node('Clip', ['x'], { max: 0.5 })]),
  row('Clip inputs', 12, 'Clip', [node('Clip', ['x', '', 'm'])], { m: scalar(1) }),
  row('Slice attributes', 9, 'Slice', [node('Slice', ['x'], { starts: [1, 0], ends: [far, -1], axes: [1, 3] })]),
  row('Slice without axes', 7, 'Slice', [node('Slice', ['x'], { starts: [0, 1], ends: [1, 3] })]),
  row('Split attribute', 11, 'Split', [node('Split', ['x'], { axis: 1, split: [1, 2] }, ab)], {}, [2, 3, 4, 5], ab),
  row('Split in equal parts', 13, 'Split', [node('Split', ['x'], { axis: 2 }, ab)], {}, [2, 3, 4, 5], ab),
  row('Split input', 13, 'Split', [node('Split', ['x', 's'], { axis: 3 }, ab)], { s: int64([1, 4]) }, [2, 3, 4, 5], ab),
  row('Pad attributes', 10, 'Pad', [node('Pad', ['x'], { pads: [0, 0, 1, 2, 0, 0, 3, 0], value: 0.5 })]),
  row('Pad by reflection', 7, 'Pad', [node('Pad', ['x'], { pads: [0, 0, 1, 2, 0, 0, 1, 1], mode: 'reflect' })]),
  row('TopK attribute', 9, 'TopK', [node('TopK', ['x'], { k: 2, axis: 3 }, ['y', 'i'])]),

  row('Upsample attribute', 7, 'Resize', [node('Upsample', ['x'], { scales: [1, 1, 2, 3], mode: 'nearest' })]),
  row('Upsample, linear', 9, 'Resize', [node('Upsample', ['x', 's'], { mode: 'linear' })], { s: float32([1, 1, 2, 2]) }),
  row('first Resize, enlarging', 10, 'Resize', [node('Resize', ['x', 's'])], { s: float32([1, 1, 1.5, 2]) }),
  row('first Resize, shrinking', 10, 'Resize', [node('Resize', ['x', 's'])], { s: float32([1, 1, 0.6, 0.5]) }, [1, 2, 11, 13]),
  row('Resize with empty inputs', 11, 'Resize', [
    node('Resize', ['x', 'r', 'e', 's'], { mode: 'linear', coordinate_transformation_mode: 'align_corners' }),
  ], { r: float32([]), e: float32([]), s: int64([2, 3, 7, 9]) }),
  row('GridSample names', 16, 'GridSample', [node('GridSample', ['x', 'g'], { mode: 'bilinear' })], { g: sampled }, [1, 3, 4, 5]),
  row('Scatter', 10, 'ScatterElements', [node('Scatter', ['x', 'i', 'u'], { axis: 1 })], { i: int64([2, 0], [1, 2]), u: float32([9, 8], [1, 2]) }, [2, 3]),

  row('Softmax of a matrix', 9, 'Softmax', [node('Softmax', ['x'])], {}, [2, 7]),
  row('Softmax along the last axis', 11, 'Softmax', [node('Softmax', ['x'], { axis: 3 })]),
  row('Softmax over several axes', 9, 'Flatten Softmax Shape Reshape', [node('Softmax', ['x'])]),
  row('Softmax along an inner axis', 13, 'Softmax', [node('Softmax', ['x'], { axis: 1 })]),
  row('Softmax after Flatten', 9, 'Flatten Softmax', [node('Flatten', ['x'], {}, ['z']), node('Softmax', ['z'])]),
  row('LogSoftmax over several axes', 12, 'Flatten LogSoftmax Shape Reshape', [node('LogSoftmax', ['x'], { axis: 2 })]),
  row('Hardmax over several axes', 11, 'Flatten Hardmax Shape Reshape', [node('Hardmax', ['x'])]),

  row('BatchNormalization', 7, 'BatchNormalization', [node('BatchNormalization', ['x', 's', 'b', 'm', 'v'], { epsilon: 0.01, momentum: 0.8, spatial: 1 })], batch),
  row('BatchNormalization of today', 15, 'BatchNormalization', [node('BatchNormalization', ['x', 's', 'b', 'm', 'v'])], batch),
  row('GroupNormalization by group', 18, 'Reshape InstanceNormalization Shape Reshape', [
    node('GroupNormalization', ['x', 's', 'b'], { num_groups: 2, epsilon: 0.001 }),
  ], perGroup, [2, 4, 3, 5]),
  row('GroupNormalization by channel', 21, 'Reshape InstanceNormalization Reshape Unsqueeze Unsqueeze Mul Add Shape Reshape', [
    node('GroupNormalization', ['x', 's', 'b'], { num_groups: 2 }),
  ], perChannel, [2, 4, 3, 5]),

  row('Sum of three', 8, 'Relu Add Add', [node('Relu', ['x'], {}, ['a']), node('Sum', ['x', 'a', 'c'])], { c: values(5) }),
  row('Sum of one', 8, 'Relu', [node('Sum', ['x'], {}, ['z']), node('Relu', ['z'])]),
  row('Mean of three', 13, 'Relu Add Add Mul', [node('Relu', ['x'], {}, ['a']), node('Mean', ['x', 'a', 'c'])], { c: values(5) }),
  row('Max of three', 8, 'Neg Max Max', [node('Neg', ['x'], {}, ['a']), node('Max', ['x', 'a', 'c'])], { c: scalar(2) }),
  row('Min of two', 12, 'Min', [node('Min', ['x', 'c'])], { c: scalar(0.5) }),

  row('Dropout', 7, 'Relu', [node('Dropout', ['x'], { ratio: 0.3 }, ['z', 'mask']), node('Relu', ['z'])]),
  row('Dropout with inputs', 13, 'Relu', [node('Dropout', ['x', 'r'], {}, ['z']), node('Relu', ['z'])], { r: scalar(0.3) }),
  row('Dropout that is an output', 12, 'Identity', [node('Dropout', ['x'])]),
  row('Identity between nodes', 13, 'Relu', [node('Identity', ['x'], {}, ['a']), node('Identity', ['a'], {}, ['z']), node('Relu', ['z'])]),
  row('Identity of a constant', 13, 'Add', [node('Identity', ['c'], {}, ['z']), node('Add', ['x', 'z'])], { c: scalar(2) }),

  row('casts without effect', 13, 'Relu Identity', [node('Cast', ['x'], { to: 1 }, ['a']), node('Relu', ['a'], {}, ['z']), node('Cast', ['z'], { to: 1 })]),
  row('casts to double and back', 13, 'Relu Identity', [node('Cast', ['x'], { to: 11 }, ['a']), node('Relu', ['a'], {}, ['z']), node('Cast', ['z'], { to: 1 })]),
  row('casts to int8 and int64', 13, 'Cast Cast Cast', [node('Cast', ['x'], { to: 3 }, ['a']), node('Cast', ['a'], { to: 7 }, ['z']), node('Cast', ['z'], { to: 1 })]),
  row('CastLike', 15, 'Greater Cast', [node('Greater', ['x', 'c'], {}, ['z']), node('CastLike', ['z', 'x'])], { c: scalar(0) }),

  row('weights in integers, a scale for each filter', 13, 'Conv', [node('DequantizeLinear', ['q', 's'], { axis: 0 }, ['w']), node('Conv', ['x', 'w'])], { q: quantised, s: float32([0.5, 0.25, 1, 2]) }),
  row('weights in integers, one scale', 10, 'Conv', [node('DequantizeLinear', ['q', 's'], {}, ['w']), node('Conv', ['x', 'w'])], { q: quantised, s: scalar(0.5) }),
  row('values in integers', 13, 'Div Clip Round Mul', [node('QuantizeLinear', ['x', 's'], {}, ['q']), node('DequantizeLinear', ['q', 's'])], { s: scalar(0.01) }),
  row('integers that are computed', 13, 'Cast Cast Mul', [node('Cast', ['x'], { to: 6 }, ['z']), node('DequantizeLinear', ['z', 's'])], { s: scalar(0.5) }),

  ...kept,
  row('LayerNormalization, kept', 17, 'LayerNormalization', [node('LayerNormalization', ['x', 's'])], { s: values(5) }),
  row('Gemm without C, kept', 13, 'Gemm', [node('Gemm', ['x', 'w'], { transB: 1 })], { w: values(4, 3) }, [2, 3]),
];

/** A form that ONNX Runtime does not run any more, and the same of set 7. */
interface OldestCase extends Omit<Case, 'ops'> {
  readonly today: Graph;
}

type Nodes = Parameters<typeof network>;

/** `constants` are those of both; `old` and `today` say how each writes `y`. */
function oldest(
  name: string,
  opset: number,
  old: Nodes[0],
  today: Nodes[0],
  constants: Nodes[1] = {},
  dims?: Nodes[2],
): OldestCase {
  return {
    name,
    opset,
    graph: network(old, constants, dims),
    today: network(today, constants, dims),
  };
}

const column = float32([2, -1, 3], [3, 1, 1]);
const plane = float32(
  Float32Array.from({ length: 20 }, (_, i) => (i % 7) - 2),
  [4, 5],
);
const combined = ['Add', 'Sub', 'Mul', 'Div'].map((op) =>
  oldest(
    `${op} along an axis`,
    6,
    [node(op, ['x', 'channel'], { broadcast: 1, axis: 1 })],
    [node(op, ['x', 'column'])],
    { channel: float32([2, -1, 3]), column },
  ),
);

// prettier-ignore
export const oldestCases: readonly OldestCase[] = [
  ...combined,
  oldest('Pow along an axis', 6, [node('Abs', ['x'], {}, ['z']), node('Pow', ['z', 'p'], { broadcast: 1, axis: 1 })],
    [node('Abs', ['x'], {}, ['z']), node('Pow', ['z', 'column'])], { p: float32([2, -1, 3]), column }),
  oldest('Add of a plane', 6, [node('Add', ['x', 'plane'], { broadcast: 1 })], [node('Add', ['x', 'plane'])], { plane }),
  oldest('Add along an axis from the end', 6, [node('Add', ['x', 'plane'], { broadcast: 1, axis: -2 })], [node('Add', ['x', 'plane'])], { plane }),
  oldest('Add of what is computed', 6,
    [node('GlobalMaxPool', ['x'], {}, ['p']), node('Reshape', ['p', 'two'], {}, ['v']), node('Add', ['x', 'v'], { broadcast: 1, axis: 0 })],
    [node('GlobalMaxPool', ['x'], {}, ['p']), node('Add', ['x', 'p'])], { two: int64([2, 3]) }),
  oldest('Greater along an axis', 6, [node('Greater', ['x', 'c'], { broadcast: 1, axis: 1 }, ['z']), node('Cast', ['z'], { to: 1 })],
    [node('Greater', ['x', 'column'], {}, ['z']), node('Cast', ['z'], { to: 1 })], { c: float32([2, -1, 3]), column }),
  oldest('PRelu by channel', 6, [node('PRelu', ['x', 'channel'])], [node('PRelu', ['x', 'column'])], { channel: float32([2, -1, 3]), column }),
  oldest('PRelu of one slope', 6, [node('PRelu', ['x', 's'])], [node('PRelu', ['x', 's'])], { s: float32([0.25]) }),
  oldest('Reshape attribute', 4, [node('Reshape', ['x'], { shape: [0, -1] })], [node('Reshape', ['x', 's'])], { s: int64([0, -1]) }),
  oldest('Concat without an axis', 3, [node('Relu', ['x'], {}, ['r']), node('Concat', ['x', 'r'])],
    [node('Relu', ['x'], {}, ['r']), node('Concat', ['x', 'r'], { axis: 1 })]),
  oldest('Pad by paddings', 1, [node('Pad', ['x'], { paddings: [0, 0, 1, 2, 0, 0, 3, 0], value: 0.5 })],
    [node('Pad', ['x'], { pads: [0, 0, 1, 2, 0, 0, 3, 0], value: 0.5 })]),
  oldest('Upsample by height and width', 1, [node('Upsample', ['x'], { height_scale: 2, width_scale: 3, mode: 'nearest' })],
    [node('Upsample', ['x'], { scales: [1, 1, 2, 3], mode: 'nearest' })]),
  oldest('Cast by name', 1, [node('Cast', ['x'], { to: 'INT32' }, ['i']), node('Cast', ['i'], { to: 'FLOAT' })],
    [node('Cast', ['x'], { to: 6 }, ['i']), node('Cast', ['i'], { to: 1 })]),
  oldest('Tile along an axis', 1, [node('Tile', ['x', 'n', 'a'])], [node('Tile', ['x', 'r'])], { n: int64([3]), a: int64([1]), r: int64([1, 3, 1, 1]) }),
  oldest('Gemm that stretches', 6, [node('Gemm', ['x', 'w', 'c'], { broadcast: 1, transB: 1 })],
    [node('Gemm', ['x', 'w', 'c'], { transB: 1 })], { w: values(4, 3), c: values(4) }, [2, 3]),
  oldest('BatchNormalization that overwrites', 5,
    [node('BatchNormalization', ['x', 's', 'b', 'm', 'v'], { is_test: 1, spatial: 1, consumed_inputs: [0, 0, 0, 1, 1] })],
    [node('BatchNormalization', ['x', 's', 'b', 'm', 'v'])], batch),
  oldest('Relu that overwrites, and Dropout', 5,
    [node('Relu', ['x'], { consumed_inputs: [0] }, ['r']), node('Dropout', ['r'], { is_test: 1, ratio: 0.5 }, ['d', 'mask']), node('Neg', ['d'])],
    [node('Relu', ['x'], {}, ['r']), node('Neg', ['r'])]),
];
