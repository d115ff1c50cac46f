/**
 * Protobuf messages as trees of fields, without a schema: whatever reads as a message is taken for one. So a mutation can
 * change one field and leave the lengths around it right, which a change of bytes hardly ever does.
 */

export interface WireField {
  number: number;
  /** 0 varint, 1 eight bytes, 2 bytes with a length, 5 four bytes. */
  wire: number;
  /** Of a varint. */
  value: bigint;
  /** Of any other. */
  bytes: Uint8Array;
  /** Fields of the message that `bytes` holds, if they hold one; then they count. */
  children: WireField[] | null;
}

const MASK = (1n << 64n) - 1n;

/** The fields of a message; null for bytes that form none. */
export function parseWire(bytes: Uint8Array, depth = 0): WireField[] | null {
  const fields: WireField[] = [];
  let at = 0;
  /** Most numbers are small. */
  const short = (): number | null => {
    const [a = 128, b = 128, c = 128] = [bytes[at], bytes[at + 1], bytes[at + 2]];
    if (a < 128) return ((at += 1), a);
    if (b < 128) return ((at += 2), (a & 127) | (b << 7));
    return c < 128 ? ((at += 3), (a & 127) | ((b & 127) << 7) | (c << 14)) : null;
  };
  const long = (): bigint | null => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) return null;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value & MASK;
    }
    return null;
  };
  while (at < bytes.length) {
    const tag = short();
    if (tag === null || tag < 8) return null;
    const field = { number: tag >> 3, wire: tag & 7, children: null };
    const size = { 1: 8, 5: 4, 0: 0 }[field.wire] ?? (field.wire === 2 ? short() : null);
    if (size === null || at + size > bytes.length) return null;
    const value = field.wire === 0 ? long() : 0n;
    if (value === null) return null;
    const inner = bytes.subarray(at, at + size);
    at += inner.length;
    // What is large and far inside is weights, which take long to try.
    const nested =
      field.wire === 2 && inner.length > 1 && (depth < 2 || inner.length < 1000) && depth < 12
        ? parseWire(inner, depth + 1)
        : null;
    fields.push({ ...field, value, bytes: inner, children: nested });
  }
  return fields;
}

/** A copy that can be changed. */
export const copyWire = (fields: readonly WireField[]): WireField[] =>
  fields.map((field) => ({ ...field, children: field.children === null ? null : copyWire(field.children) }));

/** The bytes of fields. @param claim the length that a field claims, where it is not its own */
export function writeWire(
  fields: readonly WireField[],
  claim: (field: WireField) => number | undefined = () => undefined,
): Buffer {
  const parts: Uint8Array[] = [];
  for (const field of fields) {
    parts.push(varintBytes(field.number * 8 + field.wire));
    if (field.wire === 0) parts.push(varintBytes(field.value));
    else {
      const inner = field.children === null ? field.bytes : writeWire(field.children, claim);
      if (field.wire === 2) parts.push(varintBytes(claim(field) ?? inner.length));
      parts.push(inner);
    }
  }
  return Buffer.concat(parts);
}

/** The numbers that were written before: most occur again and again. */
const written = new Map<number | bigint, Uint8Array>();

/** A number as protobuf writes it, in two's complement where it is negative. */
function varintBytes(value: number | bigint): Uint8Array {
  const known = written.get(value);
  if (known !== undefined) return known;
  const bytes: number[] = [];
  let rest = BigInt(value) & MASK;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  const encoded = Uint8Array.from([...bytes, Number(rest)]);
  written.set(value, encoded);
  return encoded;
}
