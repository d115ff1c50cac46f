/**
 * TensorProto → Tensor: every encoding TensorFlow allows, widened to three element types of the neutral graph. Integers
 * of all widths become int64, because they only serve as shapes and axes, for which ONNX wants int64.
 */
import { ReverieError } from '../../../../shared/errors.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { fromBfloat16, fromFloat16 } from '../half.ts';
import { bigintOf, integerOf, type Int64 } from '../protobuf.ts';
import { ElementType, type TensorProto } from './schema.ts';

/** The element types that a graph from TensorFlow has here. */
type WideType = 'float32' | 'int64' | 'bool';

/** How many elements a file may still call for by repeating a value, which takes it only a few bytes. */
export interface Allowance {
  elements: number;
}

/** The allowance for one file: 256 MB of floats. Of real networks, only ones that were never trained have so many. */
export function fileAllowance(): Allowance {
  return { elements: 2 ** 26 };
}

type Elements = ArrayLike<number> | BigInt64Array;

interface Encoding {
  readonly type: WideType;
  /** Bytes of an element in `tensor_content`. */
  readonly bytes: number;
  /** Elements of `tensor_content`; little-endian, like every machine this runs on. */
  readonly content: (buffer: ArrayBuffer) => Elements;
  /** Elements where `tensor_content` is not used. */
  readonly field: (tensor: TensorProto) => Elements;
  /** For types that neither JavaScript nor protobuf has: the number behind the stored bits. */
  readonly convert?: (bits: number) => number;
}

const ints = (tensor: TensorProto) => tensor.intVal ?? [];
const halves = (tensor: TensorProto) => tensor.halfVal ?? [];
const bigints = (values: readonly (Int64 | number)[] = []) =>
  BigInt64Array.from(values, (value) => bigintOf(value));
const wide = (values: ArrayLike<number>) => BigInt64Array.from(values, BigInt);

// prettier-ignore
const encodings: Readonly<Record<number, Encoding>> = {
  [ElementType.FLOAT]:    { type: 'float32', bytes: 4, content: (b) => new Float32Array(b), field: (t) => t.floatVal ?? [] },
  [ElementType.DOUBLE]:   { type: 'float32', bytes: 8, content: (b) => new Float64Array(b), field: (t) => t.doubleVal ?? [] },
  [ElementType.HALF]:     { type: 'float32', bytes: 2, content: (b) => new Uint16Array(b), field: halves, convert: fromFloat16 },
  [ElementType.BFLOAT16]: { type: 'float32', bytes: 2, content: (b) => new Uint16Array(b), field: halves, convert: fromBfloat16 },
  [ElementType.UINT8]:    { type: 'int64', bytes: 1, content: (b) => wide(new Uint8Array(b)), field: ints },
  [ElementType.INT8]:     { type: 'int64', bytes: 1, content: (b) => wide(new Int8Array(b)), field: ints },
  [ElementType.UINT16]:   { type: 'int64', bytes: 2, content: (b) => wide(new Uint16Array(b)), field: ints },
  [ElementType.INT16]:    { type: 'int64', bytes: 2, content: (b) => wide(new Int16Array(b)), field: ints },
  [ElementType.INT32]:    { type: 'int64', bytes: 4, content: (b) => wide(new Int32Array(b)), field: ints },
  [ElementType.INT64]:    { type: 'int64', bytes: 8, content: (b) => new BigInt64Array(b), field: (t) => bigints(t.int64Val) },
  [ElementType.UINT32]:   { type: 'int64', bytes: 4, content: (b) => wide(new Uint32Array(b)), field: (t) => t.uint32Val ?? [] },
  [ElementType.UINT64]:   { type: 'int64', bytes: 8, content: (b) => new BigInt64Array(b), field: (t) => bigints(t.uint64Val) },
  [ElementType.BOOL]:     { type: 'bool', bytes: 1, content: (b) => new Uint8Array(b), field: (t) => (t.boolVal ?? []).map(Number) },
};

/** The element type that TensorFlow's `dtype` is widened to; null for text, resources, complex and quantised numbers. */
export function widen(dtype: number): WideType | null {
  return encodings[dtype]?.type ?? null;
}

/**
 * A tensor of a file. `uint64` values of 2^63 and above become negative.
 * @param label What the tensor is called in errors.
 * @param allowance Is used up by what the tensor calls for beyond the bytes it brings.
 * @throws `model/unreadable` when data and shape disagree, `model/unsupported` for other element types.
 */
export function readTensor(proto: TensorProto, label: string, allowance: Allowance): Tensor {
  const dtype = proto.dtype ?? 0;
  const encoding = encodings[dtype];
  if (encoding === undefined) {
    throw new ReverieError(
      'model/unsupported',
      `${label} holds elements of TensorFlow's type ${dtype}; only float, integer and boolean tensors are supported.`,
    );
  }
  const dims = (proto.tensorShape?.dim ?? []).map(({ size }) => integerOf(size));
  if (proto.tensorShape?.unknownRank === true || dims.some((d) => d < 0)) {
    const shape = dims.length > 0 ? `the impossible shape [${dims.slice(0, 8).join(', ')}]` : 'no shape';
    throw new ReverieError('model/unreadable', `${label} has ${shape}.`);
  }
  return tensor(encoding, dims, elements(proto, encoding, sizeOf(dims), label, allowance));
}

function elements(
  proto: TensorProto,
  encoding: Encoding,
  count: number,
  label: string,
  allowance: Allowance,
): Elements {
  const content = proto.tensorContent ?? new Uint8Array();
  const values = content.length > 0 ? undefined : encoding.field(proto);
  const held = values === undefined ? content.length / encoding.bytes : values.length;
  if (held === count) {
    // A copy, because a view would be misaligned three times out of four and would keep the whole file in memory.
    return values ?? encoding.content(new Uint8Array(content).buffer);
  }
  if (values === undefined || held > count) {
    throw new ReverieError(
      'model/unreadable',
      `${label} holds ${held} elements where its shape calls for ${count}: the file is damaged.`,
    );
  }
  allowance.elements -= count - held;
  if (!(allowance.elements >= 0)) {
    throw new ReverieError(
      'model/unsupported',
      `${label} repeats one value up to ${count} elements; a network may hold ${fileAllowance().elements} such elements in all.`,
    );
  }
  return repeatLast(values, encoding.type, count);
}

/** TensorFlow's rule for lists that are too short: the last value is repeated; where there is none, all are zero. */
function repeatLast(values: Elements, type: WideType, count: number): Elements {
  if (type === 'int64') {
    const given = values instanceof BigInt64Array ? values : wide(values);
    const all = new BigInt64Array(count);
    all.set(given);
    return all.fill(given.at(-1) ?? 0n, given.length);
  }
  const given = Array.from<number | bigint, number>(values, Number);
  const all = new Float32Array(count);
  all.set(given);
  const last = given.at(-1) ?? 0;
  // A new array is all zeros without ever having been written.
  return last === 0 ? all : all.fill(last, given.length);
}

function tensor({ type, convert }: Encoding, dims: readonly number[], values: Elements): Tensor {
  if (type === 'int64') return { type, dims, data: values instanceof BigInt64Array ? values : wide(values) };
  const numbers = values instanceof BigInt64Array ? Float32Array.from(values, Number) : values;
  if (type === 'bool') return { type, dims, data: Uint8Array.from(numbers, (v) => (v === 0 ? 0 : 1)) };
  const data = numbers instanceof Float32Array ? numbers : new Float32Array(numbers);
  return { type, dims, data: convert === undefined ? data : data.map(convert) };
}
