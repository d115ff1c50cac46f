/**
 * BlobProto → numbers. Read by hand, because a network may hold hundreds of millions of them: packed floats are copied as
 * bytes instead of being decoded one by one. Assumes a little-endian machine, like ONNX Runtime itself.
 */
import protobuf from 'protobufjs/light.js';
import { ReverieError } from '../../../../shared/errors.ts';
import { sizeOf } from '../../graph/tensor.ts';
import { integerOf } from '../protobuf.ts';
import { Field } from './schema.ts';

/** Weights as a file stores them; before 2014 the shape was always of four dimensions, smaller ones filled up with ones. */
export interface Blob {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Wire types of protobuf. */
const BYTES = 2;

/**
 * The numbers of a BlobProto, with packed or single elements of either precision, in as many pieces as they come.
 * @param label What the blob is called in errors.
 * @throws `model/unreadable` where data and shape disagree.
 */
export function readBlob(bytes: Uint8Array, label: string): Blob {
  let parts: Parts;
  try {
    parts = readParts(bytes);
  } catch (cause) {
    throw new ReverieError('model/unreadable', `${label} is damaged or incomplete.`, {}, { cause });
  }
  const data = parts.doubles.length > 0 ? joined(parts.doubles) : joined(parts.floats);
  const dims = parts.shape ?? (parts.legacy.every((d) => d === 0) ? [data.length] : parts.legacy);
  if (dims.some((d) => d < 0) || sizeOf(dims) !== data.length) {
    const shape = dims.slice(0, 8).join(', ');
    throw new ReverieError(
      'model/unreadable',
      `${label} holds ${data.length} numbers where its shape [${shape}] calls for others: the file is damaged.`,
    );
  }
  return { dims, data };
}

interface Parts {
  /** Pieces of the data; single elements are gathered into pieces of their own. */
  readonly floats: (Float32Array | number[])[];
  readonly doubles: (Float64Array | number[])[];
  shape?: number[];
  /** num, channels, height, width. */
  readonly legacy: number[];
}

function readParts(bytes: Uint8Array): Parts {
  const parts: Parts = { floats: [], doubles: [], legacy: [0, 0, 0, 0] };
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    const [field, wire] = [tag >>> 3, tag & 7];
    if (field >= 1 && field <= 4 && wire === 0) parts.legacy[field - 1] = integerOf(reader.int64());
    else if (field === Field.blobShape && wire === BYTES) parts.shape = readShape(reader.bytes());
    else if (field === Field.blobData && wire === BYTES) {
      parts.floats.push(new Float32Array(aligned(reader.bytes(), 4)));
    } else if (field === Field.blobData && wire === 5) single(parts.floats).push(reader.float());
    else if (field === Field.blobDoubleData && wire === BYTES) {
      parts.doubles.push(new Float64Array(aligned(reader.bytes(), 8)));
    } else if (field === Field.blobDoubleData && wire === 1) single(parts.doubles).push(reader.double());
    else reader.skipType(wire);
  }
  return parts;
}

/** The list that single elements are added to: the last piece, or a new one behind it. */
function single(pieces: (Float32Array | number[])[] | (Float64Array | number[])[]): number[] {
  const last = pieces.at(-1);
  if (Array.isArray(last)) return last;
  const list: number[] = [];
  pieces.push(list);
  return list;
}

function readShape(bytes: Uint8Array): number[] {
  const dims: number[] = [];
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag >>> 3 !== 1) reader.skipType(tag & 7);
    else if ((tag & 7) === BYTES) {
      const end = reader.uint32() + reader.pos;
      while (reader.pos < end) dims.push(integerOf(reader.int64()));
    } else dims.push(integerOf(reader.int64()));
  }
  return dims;
}

/** A copy of the bytes that numbers of `width` bytes can be read from. */
function aligned(bytes: Uint8Array, width: number): ArrayBuffer {
  if (bytes.length % width !== 0) throw new RangeError(`${bytes.length} bytes end within a number.`);
  return new Uint8Array(bytes).buffer;
}

function joined(pieces: readonly (Float32Array | Float64Array | number[])[]): Float32Array {
  const [first] = pieces;
  if (pieces.length === 1 && first instanceof Float32Array) return first;
  const data = new Float32Array(pieces.reduce((count, piece) => count + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    data.set(piece, offset);
    offset += piece.length;
  }
  return data;
}
