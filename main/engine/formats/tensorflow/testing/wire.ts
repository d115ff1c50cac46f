/**
 * The bytes of protobuf messages, written by hand: tests of a reader must not trust the descriptor that it reads with.
 * See https://protobuf.dev/programming-guides/encoding.
 */

/** A message, or a part of one: fields may be joined in any order. */
export type Bytes = Uint8Array;

export function join(...parts: readonly Bytes[]): Bytes {
  return Buffer.concat(parts);
}

/** Base 128, the low digits first; negative numbers as 64 bits in two's complement. */
export function varint(value: number | bigint): Bytes {
  let rest = BigInt.asUintN(64, BigInt(value));
  const digits: number[] = [];
  for (; rest > 127n; rest >>= 7n) digits.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...digits, Number(rest)]);
}

const tag = (field: number, wireType: number): Bytes => varint((field << 3) | wireType);

/** An integer, a truth value or a member of an enumeration. */
export function integer(field: number, value: number | bigint): Bytes {
  return join(tag(field, 0), varint(value));
}

/** A string, bytes, or a message within another. */
export function bytes(field: number, content: Bytes | string): Bytes {
  const raw = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return join(tag(field, 2), varint(raw.length), raw);
}

/** A 32-bit float. */
export function float(field: number, value: number): Bytes {
  return join(tag(field, 5), new Uint8Array(Float32Array.of(value).buffer));
}

/** A 64-bit float. */
export function double(field: number, value: number): Bytes {
  return join(tag(field, 1), new Uint8Array(Float64Array.of(value).buffer));
}

/** A repeated field as proto3 writes it: all values in one length-delimited field, each without its tag. */
export function packed<T>(
  field: number,
  values: readonly T[],
  one: (field: number, value: T) => Bytes,
): Bytes {
  const skip = tag(field, 0).length;
  return values.length === 0
    ? join()
    : bytes(field, join(...values.map((value) => one(field, value).subarray(skip))));
}

/** A repeated field as proto2 writes it, which proto3 must read too: every value with its tag. */
export function unpacked<T>(
  field: number,
  values: readonly T[],
  one: (field: number, value: T) => Bytes,
): Bytes {
  return join(...values.map((value) => one(field, value)));
}
