/** What the readers of protobuf files share: 64-bit integers, and fields that may be absent. */

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
