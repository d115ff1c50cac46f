/**
 * TensorProto → Tensor: every encoding ONNX allows, widened to the four element types of the neutral graph. Sizes are
 * checked against the bytes at hand before anything is allocated.
 */
import { ReverieError } from '../../../../shared/errors.ts';
import { sizeOf, type DataType, type Tensor } from '../../graph/tensor.ts';
import { fromBfloat16, fromFloat16 } from '../half.ts';
import { ElementType, type TensorProto } from './schema.ts';
import { bigintOf, integerOf, type Int64 } from '../protobuf.ts';

/** Reads `length` bytes from `offset` of the file that the model calls `location`. The numbers are claims of the model. */
export type ReadExternal = (location: string, offset: number, length: number) => Uint8Array;

type Elements = ArrayLike<number> | BigInt64Array;

interface Encoding {
  readonly type: DataType;
  /** Bytes of an element in `raw_data`. */
  readonly bytes: number;
  /** Elements of `raw_data`; little-endian, like every machine this runs on. */
  readonly raw: (buffer: ArrayBuffer) => Elements;
  /** Elements where `raw_data` is not used. */
  readonly field: (tensor: TensorProto) => Elements;
  /** For types that neither JavaScript nor protobuf has: the number behind the stored bits. */
  readonly convert?: (bits: number) => number;
}

const floats = (tensor: TensorProto) => tensor.floatData ?? [];
const doubles = (tensor: TensorProto) => tensor.doubleData ?? [];
const ints = (tensor: TensorProto) => tensor.int32Data ?? [];
const longs = (tensor: TensorProto) => bigints(tensor.int64Data ?? []);
const unsigned = (tensor: TensorProto) => bigints(tensor.uint64Data ?? []);
const bigints = (values: readonly Int64[]) => BigInt64Array.from(values, (value) => bigintOf(value));

// prettier-ignore
const encodings: Readonly<Record<number, Encoding>> = {
  [ElementType.FLOAT]:    { type: 'float32', bytes: 4, raw: (b) => new Float32Array(b), field: floats },
  [ElementType.DOUBLE]:   { type: 'float32', bytes: 8, raw: (b) => new Float64Array(b), field: doubles },
  [ElementType.FLOAT16]:  { type: 'float32', bytes: 2, raw: (b) => new Uint16Array(b), field: ints, convert: fromFloat16 },
  [ElementType.BFLOAT16]: { type: 'float32', bytes: 2, raw: (b) => new Uint16Array(b), field: ints, convert: fromBfloat16 },
  [ElementType.UINT8]:    { type: 'int32', bytes: 1, raw: (b) => new Uint8Array(b), field: ints },
  [ElementType.INT8]:     { type: 'int32', bytes: 1, raw: (b) => new Int8Array(b), field: ints },
  [ElementType.UINT16]:   { type: 'int32', bytes: 2, raw: (b) => new Uint16Array(b), field: ints },
  [ElementType.INT16]:    { type: 'int32', bytes: 2, raw: (b) => new Int16Array(b), field: ints },
  [ElementType.INT32]:    { type: 'int32', bytes: 4, raw: (b) => new Int32Array(b), field: ints },
  [ElementType.INT64]:    { type: 'int64', bytes: 8, raw: (b) => new BigInt64Array(b), field: longs },
  [ElementType.UINT32]:   { type: 'int64', bytes: 4, raw: (b) => BigInt64Array.from(new Uint32Array(b), BigInt), field: unsigned },
  [ElementType.UINT64]:   { type: 'int64', bytes: 8, raw: (b) => new BigInt64Array(b), field: unsigned },
  [ElementType.BOOL]:     { type: 'bool', bytes: 1, raw: (b) => new Uint8Array(b), field: ints },
};

/** The element type that ONNX's `elementType` is widened to; null for strings, complex and sub-byte numbers. */
export function widen(elementType: number): DataType | null {
  return encodings[elementType]?.type ?? null;
}

/**
 * A tensor of a file. `uint64` values of 2^63 and above become negative.
 * @param label What the tensor is called in errors.
 * @throws `model/unreadable` when data and shape disagree, `model/unsupported` for other element types.
 */
export function readTensor(proto: TensorProto, label: string, external?: ReadExternal): Tensor {
  const encoding = encodings[proto.dataType ?? 0];
  if (encoding === undefined) {
    throw new ReverieError(
      'model/unsupported',
      `${label} holds elements of ONNX type ${proto.dataType ?? 0}; only float, integer and boolean tensors are supported.`,
    );
  }
  const dims = (proto.dims ?? []).map(integerOf);
  if (dims.some((d) => d < 0)) {
    throw new ReverieError(
      'model/unreadable',
      `${label} has the impossible shape [${dims.slice(0, 8).join(', ')}].`,
    );
  }
  const count = sizeOf(dims);
  return tensor(encoding, dims, elements(proto, encoding, count, label, external));
}

function elements(
  proto: TensorProto,
  encoding: Encoding,
  count: number,
  label: string,
  external: ReadExternal | undefined,
): Elements {
  const bytes =
    proto.dataLocation === 1 ? externalBytes(proto, count * encoding.bytes, label, external) : proto.rawData;
  const raw = bytes !== undefined && bytes.length > 0;
  const values = raw ? undefined : encoding.field(proto);
  const held = values === undefined ? (bytes?.length ?? 0) / encoding.bytes : values.length;
  if (held !== count) {
    throw new ReverieError(
      'model/unreadable',
      `${label} holds ${held} elements where its shape calls for ${count}: the file is damaged.`,
    );
  }
  // A copy, because a view would be misaligned three times out of four and would keep the whole file in memory.
  return values ?? encoding.raw(new Uint8Array(bytes ?? []).buffer);
}

function externalBytes(
  proto: TensorProto,
  size: number,
  label: string,
  external: ReadExternal | undefined,
): Uint8Array {
  const entries = new Map(proto.externalData?.map(({ key = '', value = '' }) => [key, value]));
  const location = entries.get('location') ?? '';
  const offset = Number(entries.get('offset') ?? 0);
  const length = Number(entries.get('length') ?? size);
  if (external === undefined) {
    throw new ReverieError(
      'model/unreadable',
      `${label} lies in a second file, "${location}": open the network from the folder that holds both.`,
    );
  }
  if (length !== size || !Number.isSafeInteger(offset) || offset < 0) {
    throw new ReverieError(
      'model/unreadable',
      `${label} is said to lie in ${length} bytes at ${offset} of "${location}", where its shape calls for ${size} bytes.`,
    );
  }
  return external(location, offset, length);
}

function tensor({ type, convert }: Encoding, dims: readonly number[], values: Elements): Tensor {
  if (values instanceof BigInt64Array) return { type: 'int64', dims, data: values };
  if (type === 'bool') return { type, dims, data: Uint8Array.from(values, (value) => (value === 0 ? 0 : 1)) };
  if (type === 'int32')
    return { type, dims, data: values instanceof Int32Array ? values : new Int32Array(values) };
  const data = values instanceof Float32Array ? values : new Float32Array(values);
  return { type: 'float32', dims, data: convert === undefined ? data : data.map(convert) };
}
