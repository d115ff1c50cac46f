/**
 * What the readers of protobuf files share: 64-bit integers, fields that may be absent, and a limit to how many there are. The tables
 * of fields name only what is read. Made from the official files they would be several times as long, and would also decode into
 * memory all that a hostile file can put into the fields that nobody reads.
 */
import protobuf from 'protobufjs/light.js';
import { ReverieError } from '../../../shared/errors.ts';

/** A 64-bit integer as protobufjs gives it: two halves, of which only the high one carries the sign. */
export interface Int64 {
  readonly low: number;
  readonly high: number;
}

/** Whether a decoded field was present in the bytes, rather than being its default. */
export function has(message: object, field: string): boolean {
  return Object.hasOwn(message, field);
}

/** The exact value of a 64-bit field. */
export function bigintOf(value: Int64 | number, unsigned = false): bigint {
  if (typeof value === 'number') return BigInt(value);
  const bits = (BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0);
  return unsigned ? bits : BigInt.asIntN(64, bits);
}

/** A 64-bit field as a number, held to the safe integers: ONNX and TensorFlow use 2^63-1 for "to the end". */
export function integerOf(value: Int64 | number | undefined): number {
  if (typeof value === 'number') return value;
  if (value === undefined) return 0;
  const number = value.high * 2 ** 32 + (value.low >>> 0);
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, number));
}

/** A network of ten thousand nodes has half of these. */
const MOST_FIELDS = 500_000;

/**
 * Reads a file of unknown origin: a field of two bytes takes a hundred in memory once it is an object, so their number is
 * limited, not only the size of the file. 64-bit integers in packed lists count, too, because they are objects; floats do not.
 */
export class BoundedReader extends protobuf.Reader {
  #fields = 0;

  constructor(bytes: Uint8Array) {
    // Byte fields become views of plain arrays.
    super(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.discardUnknown = true;
  }

  override tag(): number {
    this.#count();
    return super.tag();
  }

  override int64(): ReturnType<protobuf.Reader['int64']> {
    this.#count();
    return super.int64();
  }

  override uint64(): ReturnType<protobuf.Reader['uint64']> {
    this.#count();
    return super.uint64();
  }

  #count(): void {
    if (++this.#fields > MOST_FIELDS)
      throw new ReverieError(
        'model/unsupported',
        `The file holds more than ${MOST_FIELDS} fields, far more than any network needs, and is not read.`,
      );
  }
}
