/** Shapes of operators that treat every element alone: unary functions, and functions of several tensors stretched over each other. */
import { int, type Info, type Node } from '../graph.ts';
import type { DataType } from '../tensor.ts';
import { broadcast, refuse, required, show, type Inputs, type ShapeRule } from './rule.ts';

/** Functions of one tensor; the bounds of Clip do not change its shape. */
const UNARY = [
  ...words(
    'Abs Acos Acosh Asin Asinh Atan Atanh Ceil Celu Clip Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid HardSwish',
  ),
  ...words(
    'Identity LeakyRelu Log Mish Neg Not Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus',
  ),
  ...words('Softsign Sqrt Tan Tanh ThresholdedRelu'),
];
const PREDICATES = words('IsNaN IsInf');
const COMBINING = words('Add Sub Mul Div Mod Max Min Sum Mean And Or Xor');
const COMPARING = words('Equal Greater GreaterOrEqual Less LessOrEqual');

export const elementwise: Readonly<Record<string, ShapeRule>> = {
  ...each(UNARY, (_, inputs) => [like(required(inputs, 0))]),
  ...each(PREDICATES, (_, inputs) => [{ type: 'bool', dims: required(inputs, 0).dims }]),
  ...each(COMBINING, (_, inputs) => [combined(inputs)]),
  ...each(COMPARING, (_, inputs) => [{ type: 'bool', dims: combined(inputs).dims }]),

  /** Base and exponent may differ in type. */
  Pow(_, inputs) {
    const base = required(inputs, 0);
    return [{ type: base.type, dims: broadcast(base.dims, required(inputs, 1).dims) }];
  },

  PRelu(_, inputs) {
    const x = required(inputs, 0);
    const slope = required(inputs, 1);
    if (show(broadcast(x.dims, slope.dims)) !== show(x.dims)) {
      refuse(
        'model/unreadable',
        `has a slope of shape ${show(slope.dims)}, which does not fit its input ${show(x.dims)}`,
      );
    }
    return [like(x)];
  },

  Where(_, inputs) {
    const condition = required(inputs, 0);
    const result = combined([required(inputs, 1), required(inputs, 2)]);
    return [{ type: result.type, dims: broadcast(condition.dims, result.dims) }];
  },

  Cast: (node, inputs) => [{ type: castType(node), dims: required(inputs, 0).dims }],
  CastLike: (_, inputs) => [{ type: required(inputs, 1).type, dims: required(inputs, 0).dims }],

  /** Outside training an identity; its mask keeps everything. */
  Dropout(node, inputs) {
    const x = required(inputs, 0);
    return node.outputs.length > 1 ? [like(x), { type: 'bool', dims: x.dims }] : [like(x)];
  },
};

/** The element types of ONNX's `TensorProto.DataType` that a normalised graph uses. */
export function typeOfCode(code: number): DataType {
  const type = CODES.get(code);
  return (
    type ??
    refuse('model/unsupported', `asks for element type ${code}; float32, int32, int64 and bool are possible`)
  );
}

const CODES = new Map<number, DataType>([
  [1, 'float32'],
  [6, 'int32'],
  [7, 'int64'],
  [9, 'bool'],
]);

function castType(node: Node): DataType {
  return typeOfCode(int(node, 'to', 0));
}

/** An output of the type and shape of an input, without its value. */
function like(info: Info): Info {
  return { type: info.type, dims: info.dims };
}

function combined(inputs: Inputs): Info {
  const first = required(inputs, 0);
  let dims = first.dims;
  for (let i = 1; i < inputs.length; i++) {
    const next = required(inputs, i);
    if (next.type !== first.type) refuse('model/unreadable', `mixes ${first.type} with ${next.type}`);
    dims = broadcast(dims, next.dims);
  }
  return { type: first.type, dims };
}

function each(operators: readonly string[], rule: ShapeRule): Record<string, ShapeRule> {
  return Object.fromEntries(operators.map((op) => [op, rule]));
}

function words(list: string): string[] {
  return list.split(' ');
}
