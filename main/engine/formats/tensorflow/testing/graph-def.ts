/** GraphDefs for tests, field by field as TensorFlow's schema numbers them. */
import type { Tensor } from '../../../graph/tensor.ts';
import { ElementType } from '../schema.ts';
import { bytes, double, float, integer, join, packed, unpacked, type Bytes } from './wire.ts';

export const FLOAT = ElementType.FLOAT;
export const INT32 = ElementType.INT32;

/** AttrValue. */
export const attr = {
  ints: (values: readonly number[]): Bytes => bytes(1, packed(3, values, integer)),
  unpackedInts: (values: readonly number[]): Bytes => bytes(1, unpacked(3, values, integer)),
  text: (value: string): Bytes => bytes(2, value),
  int: (value: number): Bytes => integer(3, value),
  float: (value: number): Bytes => float(4, value),
  flag: (value: boolean): Bytes => integer(5, Number(value)),
  type: (value: number): Bytes => integer(6, value),
  shape: (dims: readonly number[] | null): Bytes => bytes(7, shape(dims)),
  tensor: (value: Bytes): Bytes => bytes(8, value),
};

/** TensorShapeProto; null is an unknown rank. */
export function shape(dims: readonly number[] | null): Bytes {
  return dims === null ? integer(3, 1) : join(...dims.map((size) => bytes(2, integer(1, size))));
}

/** TensorProto. */
export function tensorProto(dtype: number, dims: readonly number[], data: Bytes): Bytes {
  return join(integer(1, dtype), bytes(2, shape(dims)), data);
}

/** How a constant stores its elements. */
export type Encoding = 'content' | 'packed' | 'unpacked';

/** A tensor of floats or of 32-bit integers as TensorFlow writes it. */
export function tensor(value: Tensor, encoding: Encoding = 'content'): Bytes {
  const list = encoding === 'unpacked' ? unpacked : packed;
  if (value.type === 'float32') {
    const { data } = value;
    const content = () => bytes(4, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return tensorProto(FLOAT, value.dims, encoding === 'content' ? content() : list(5, [...data], float));
  }
  const numbers = Array.from<number | bigint, number>(value.data, Number);
  const content = () => bytes(4, new Uint8Array(Int32Array.from(numbers).buffer));
  return tensorProto(INT32, value.dims, encoding === 'content' ? content() : list(7, numbers, integer));
}

/** A tensor whose every element is one number, stored once. */
export function repeated(dtype: number, dims: readonly number[], value: number): Bytes {
  const field = { [FLOAT]: float(5, value), [ElementType.DOUBLE]: double(6, value) }[dtype];
  return tensorProto(dtype, dims, field ?? integer(7, value));
}

/** NodeDef. */
export function node(
  name: string,
  op: string,
  inputs: readonly string[] = [],
  attributes: Readonly<Record<string, Bytes>> = {},
): Bytes {
  return join(
    bytes(1, name),
    bytes(2, op),
    ...inputs.map((input) => bytes(3, input)),
    ...Object.entries(attributes).map(([key, value]) => bytes(5, join(bytes(1, key), bytes(2, value)))),
  );
}

/** A Const node. */
export function constant(name: string, value: Tensor, encoding?: Encoding): Bytes {
  const dtype = attr.type(value.type === 'float32' ? FLOAT : INT32);
  return node(name, 'Const', [], { dtype, value: attr.tensor(tensor(value, encoding)) });
}

/** A Placeholder of pictures, channels last. */
export function placeholder(name: string, dims: readonly number[] | null = [-1, -1, -1, 3]): Bytes {
  return node(name, 'Placeholder', [], { dtype: attr.type(FLOAT), shape: attr.shape(dims) });
}

/** GraphDef, with the version of the producer as TensorFlow 1.12 writes it. */
export function graphDef(...nodes: readonly Bytes[]): Bytes {
  return join(...nodes.map((one) => bytes(1, one)), bytes(4, integer(1, 27)));
}
