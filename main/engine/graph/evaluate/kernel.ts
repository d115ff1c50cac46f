/** What evaluation rules are written with: making tensors of any element type out of numbers or of other tensors' elements. */
import type { Info, Node } from '../graph.ts';
import { sizeOf, stridesOf, type DataType, type Tensor } from '../tensor.ts';

/** A node whose inputs are all known. */
export interface Known {
  readonly node: Node;
  readonly inputs: readonly (KnownInfo | undefined)[];
  /** Type and shape of each output. */
  readonly outputs: readonly Info[];
}

export interface KnownInfo extends Info {
  readonly value: Tensor;
}

/** The values of a node's outputs, or undefined where they have none in our arithmetic (NaN as an integer). */
export type Kernel = (known: Known) => Tensor[] | undefined;

/** A function in floating point, and the same in whole numbers. */
export interface Operation {
  readonly float: (a: number, b: number) => number;
  readonly whole: (a: bigint, b: bigint) => bigint;
}

/** A tensor whose elements are given as floats; each is rounded to the type as a cast would. */
export function fromNumbers(
  type: DataType,
  dims: readonly number[],
  values: readonly number[],
): Tensor | undefined {
  switch (type) {
    case 'float32':
      return { type, dims, data: Float32Array.from(values) };
    case 'bool':
      return { type, dims, data: Uint8Array.from(values, (v) => (v === 0 ? 0 : 1)) };
    case 'int32':
    case 'int64':
      if (!values.every(Number.isFinite)) return undefined;
      return fromWhole(
        type,
        dims,
        values.map((v) => BigInt(Math.trunc(v))),
      );
  }
}

/** A tensor whose elements are given as whole numbers, which wrap around where the type is too small. */
export function fromWhole(type: DataType, dims: readonly number[], values: readonly bigint[]): Tensor {
  switch (type) {
    case 'float32':
      return { type, dims, data: Float32Array.from(values, Number) };
    case 'bool':
      return { type, dims, data: Uint8Array.from(values, (v) => (v === 0n ? 0 : 1)) };
    case 'int32':
      return { type, dims, data: Int32Array.from(values, (v) => Number(BigInt.asIntN(32, v))) };
    case 'int64':
      return { type, dims, data: BigInt64Array.from(values) };
  }
}

/** A tensor made of the elements of `source` at flat positions. */
export function take(source: Tensor, dims: readonly number[], positions: ArrayLike<number>): Tensor {
  switch (source.type) {
    case 'float32':
      return { type: source.type, dims, data: Float32Array.from(positions, (p) => source.data[p] ?? 0) };
    case 'bool':
      return { type: source.type, dims, data: Uint8Array.from(positions, (p) => source.data[p] ?? 0) };
    case 'int32':
      return { type: source.type, dims, data: Int32Array.from(positions, (p) => source.data[p] ?? 0) };
    case 'int64':
      return { type: source.type, dims, data: BigInt64Array.from(positions, (p) => source.data[p] ?? 0n) };
  }
}

/** The same elements in another shape. */
export function withDims(source: Tensor, dims: readonly number[]): Tensor {
  return { ...source, dims };
}

/** The elements as whole numbers; floats are cut off after the point. */
export function whole(tensor: Tensor): bigint[] {
  if (tensor.type === 'int64') return Array.from(tensor.data);
  return Array.from(tensor.data, (v) => BigInt(Math.trunc(v)));
}

/** Every index of a shape in row-major order. The array is reused from step to step. */
export function* indicesOf(dims: readonly number[]): Generator<readonly number[]> {
  const index = new Array<number>(dims.length).fill(0);
  for (let left = sizeOf(dims); left > 0; left--) {
    yield index;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      index[axis] = next < (dims[axis] ?? 1) ? next : 0;
      if (next < (dims[axis] ?? 1)) break;
    }
  }
}

/** For every element of `to`, the flat position in `from` that broadcasting reads. */
export function stretch(from: readonly number[], to: readonly number[]): number[] {
  const offset = to.length - from.length;
  const strides = stridesOf(from).map((stride, axis) => (from[axis] === 1 ? 0 : stride));
  return Array.from(indicesOf(to), (index) =>
    strides.reduce((sum, stride, axis) => sum + stride * (index[axis + offset] ?? 0), 0),
  );
}
