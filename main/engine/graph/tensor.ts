/** Constant tensors of a graph: four element types are enough, because readers widen every other one. */

export type DataType = 'float32' | 'int64' | 'int32' | 'bool';

interface Arrays {
  float32: Float32Array;
  int64: BigInt64Array;
  int32: Int32Array;
  bool: Uint8Array;
}

/** A dense row-major tensor; `data.length` is the product of `dims` (1 for a scalar, whose `dims` is empty). */
export type Tensor = {
  [T in DataType]: { readonly type: T; readonly dims: readonly number[]; readonly data: Arrays[T] };
}[DataType];

export type FloatTensor = Extract<Tensor, { type: 'float32' }>;

/** Number of elements of a shape. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, d) => product * d, 1);
}

export function float32(
  data: Float32Array | readonly number[],
  dims: readonly number[] = [data.length],
): FloatTensor {
  return { type: 'float32', dims, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

/** An int64 tensor from JavaScript numbers, which must be safe integers. */
export function int64(values: readonly number[], dims: readonly number[] = [values.length]): Tensor {
  return { type: 'int64', dims, data: BigInt64Array.from(values, BigInt) };
}

export function bool(values: readonly boolean[], dims: readonly number[] = [values.length]): Tensor {
  return { type: 'bool', dims, data: Uint8Array.from(values, Number) };
}

/** The elements as JavaScript numbers, for the small tensors that hold shapes, axes and scalars. */
export function numbers(tensor: Tensor): number[] {
  return Array.from<number | bigint, number>(tensor.data, Number);
}

/** Whether two tensors have one type, shape and value. */
export function sameTensor(a: Tensor, b: Tensor): boolean {
  if (a.type !== b.type || a.dims.join() !== b.dims.join()) return false;
  const [left, right] = [bytesOf(a), bytesOf(b)];
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}

const bytesOf = ({ data }: Tensor): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Row-major strides, in elements. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let i = dims.length - 2; i >= 0; i--) strides[i] = (strides[i + 1] ?? 1) * (dims[i + 1] ?? 1);
  return strides;
}
