/** AttributeProto ⇄ the attributes of a node. */
import type { Attribute } from '../../graph/graph.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { AttributeType, type AttributeProto, type TensorProto } from './schema.ts';
import { readTensor, type ReadExternal } from './tensor.ts';
import { has, integerOf } from '../protobuf.ts';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The attributes that ONNX declares as floats: every other number is an int. */
const FLOATS = new Set([
  'activation_alpha',
  'activation_beta',
  'activation_gamma',
  'activation_params',
  'alpha',
  'beta',
  'bias',
  'clip',
  'cubic_coeff_a',
  'epsilon',
  'extrapolation_value',
  'gamma',
  'high',
  'lambd',
  'low',
  'mask_filter_value',
  'max',
  'mean',
  'min',
  'momentum',
  'norm_coefficient',
  'ratio',
  'scale',
  'scales',
  'seed',
  'softcap',
  'spatial_scale',
  'value',
  'value_float',
  'value_floats',
]);

/** The type of an attribute of a file from before 2017, which does not say it: that of the field that is set. */
function typeOf(proto: AttributeProto): number {
  if (has(proto, 'f')) return AttributeType.FLOAT;
  if (has(proto, 'i')) return AttributeType.INT;
  if (has(proto, 's')) return AttributeType.STRING;
  if (has(proto, 't')) return AttributeType.TENSOR;
  if (proto.floats?.length) return AttributeType.FLOATS;
  return proto.strings?.length ? AttributeType.STRINGS : AttributeType.INTS;
}

/**
 * The value of an attribute, or null for what the neutral graph does not hold (sparse tensors, types): the operators that
 * need those have no rule and are reported when they are used. Graphs are read by who reads the nodes.
 */
export function readAttribute(
  proto: AttributeProto,
  label: string,
  external?: ReadExternal,
): Attribute | null {
  switch (proto.type || typeOf(proto)) {
    case AttributeType.FLOAT:
      return proto.f ?? 0;
    case AttributeType.INT:
      return integerOf(proto.i);
    case AttributeType.STRING:
      return has(proto, 's') ? decoder.decode(proto.s) : '';
    case AttributeType.TENSOR:
      return proto.t ? readTensor(proto.t, label, external) : null;
    case AttributeType.FLOATS:
      return proto.floats ?? [];
    case AttributeType.INTS:
      return (proto.ints ?? []).map(integerOf);
    case AttributeType.STRINGS:
      return (proto.strings ?? []).map((bytes) => decoder.decode(bytes));
    default:
      return null;
  }
}

/** The inverse of {@link readAttribute}; `tensor` writes a tensor. */
export function writeAttribute(
  name: string,
  value: Attribute,
  tensor: (value: Tensor) => TensorProto,
): AttributeProto {
  const float = FLOATS.has(name);
  if (typeof value === 'number') {
    return float
      ? { name, type: AttributeType.FLOAT, f: value }
      : { name, type: AttributeType.INT, i: value };
  }
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: encoder.encode(value) };
  if ('dims' in value) return { name, type: AttributeType.TENSOR, t: tensor(value) };
  if ('nodes' in value) throw new Error(`Attribute "${name}" is a graph, which no program holds.`);
  if (value.every((item) => typeof item === 'string')) {
    if (value.length > 0)
      return { name, type: AttributeType.STRINGS, strings: value.map((item) => encoder.encode(item)) };
    return { name, type: float ? AttributeType.FLOATS : AttributeType.INTS };
  }
  const numbers = value.filter((item) => typeof item === 'number');
  return float
    ? { name, type: AttributeType.FLOATS, floats: numbers }
    : { name, type: AttributeType.INTS, ints: numbers };
}
