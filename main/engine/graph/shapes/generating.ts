/** Shapes of operators that make tensors, or facts about tensors, rather than transform their content. */
import { int, type Info, type Node } from '../graph.ts';
import { float32, int64, sizeOf, type Tensor } from '../tensor.ts';
import { typeOfCode } from './elementwise.ts';
import { refuse, requireRank, required, requiredValues, type ShapeRule } from './rule.ts';

export const generating: Readonly<Record<string, ShapeRule>> = {
  Constant: (node) => [known(constantOf(node))],

  ConstantOfShape(node, inputs) {
    return [{ type: fillOf(node).type, dims: requiredValues(inputs, 0, 'shape') }];
  },

  Range(_, inputs) {
    const [start = 0] = requiredValues(inputs, 0, 'start');
    const [limit = 0] = requiredValues(inputs, 1, 'limit');
    const [delta = 0] = requiredValues(inputs, 2, 'delta');
    if (delta === 0) refuse('model/unreadable', 'has a delta of 0');
    return [{ type: required(inputs, 0).type, dims: [Math.max(0, Math.ceil((limit - start) / delta))] }];
  },

  Shape(node, inputs) {
    const { dims } = required(inputs, 0);
    // Array.slice reads negative and out-of-range bounds the way ONNX defines start and end.
    return [known(int64(dims.slice(int(node, 'start', 0), int(node, 'end', dims.length))))];
  },

  Size: (_, inputs) => [known(int64([sizeOf(required(inputs, 0).dims)], []))],

  EyeLike(node, inputs) {
    const { type, dims } = required(inputs, 0);
    requireRank(required(inputs, 0), 2, 2);
    const code = int(node, 'dtype', 0);
    return [{ type: code === 0 ? type : typeOfCode(code), dims }];
  },

  Trilu(_, inputs) {
    const { type, dims } = required(inputs, 0);
    requireRank(required(inputs, 0), 2);
    return [{ type, dims }];
  },

  NonZero(_, inputs) {
    const { dims } = required(inputs, 0);
    const count = requiredValues(inputs, 0, 'input').filter((v) => v !== 0).length;
    // A scalar counts as a list of one.
    return [{ type: 'int64', dims: [Math.max(1, dims.length), count] }];
  },
};

/** The single element that a ConstantOfShape repeats. */
export function fillOf(node: Node): Tensor {
  const { value } = node.attributes;
  return isTensor(value) ? value : float32([0]);
}

function known(value: Tensor): Info {
  return { type: value.type, dims: value.dims, value };
}

/** The value of a Constant node, in any of the attribute forms that hold numbers. */
function constantOf(node: Node): Tensor {
  const {
    value,
    value_float: float,
    value_floats: floats,
    value_int: integer,
    value_ints: integers,
  } = node.attributes;
  if (isTensor(value)) return value;
  if (typeof float === 'number') return float32([float], []);
  if (typeof integer === 'number') return int64([integer], []);
  if (isNumbers(floats)) return float32(floats);
  if (isNumbers(integers)) return int64(integers);
  return refuse('model/unsupported', 'holds no numbers');
}

function isTensor(value: Node['attributes'][string] | undefined): value is Tensor {
  return typeof value === 'object' && 'data' in value;
}

function isNumbers(value: Node['attributes'][string] | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((v) => typeof v === 'number');
}
