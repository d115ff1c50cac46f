/**
 * Structured messages as bytes, for a WebSocket: a JSON header, then the byte arrays of the message one after the other, so that
 * a frame crosses as it is. Layout: header length (u32, little endian), header (UTF-8), byte arrays.
 */
import { isRecord } from '../schema.ts';

interface Header {
  message: unknown;
  /** Where each byte array belongs in the message, in the order they follow, and its length. */
  bytes: readonly { path: readonly string[]; length: number }[];
}

/** A message of JSON values and `Uint8Array`s; other values are as JSON makes them. */
export function encodeMessage(message: unknown): Uint8Array<ArrayBuffer> {
  const arrays: Uint8Array[] = [];
  const bytes: { path: string[]; length: number }[] = [];
  const take = (value: unknown, path: string[]): unknown => {
    if (value instanceof Uint8Array) {
      arrays.push(value);
      bytes.push({ path, length: value.length });
      return null;
    }
    if (Array.isArray(value)) return value.map((item, index) => take(item, [...path, String(index)]));
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, take(item, [...path, key])]));
  };
  const header: Header = { message: take(message, []), bytes };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const whole = new Uint8Array(4 + json.length + arrays.reduce((sum, { length }) => sum + length, 0));
  new DataView(whole.buffer).setUint32(0, json.length, true);
  whole.set(json, 4);
  let offset = 4 + json.length;
  for (const array of arrays) {
    whole.set(array, offset);
    offset += array.length;
  }
  return whole;
}

/** The inverse; byte arrays are views of `data`. `undefined` for anything that {@link encodeMessage} did not make. */
export function decodeMessage(data: Uint8Array): unknown {
  const header = readHeader(data);
  if (header === undefined) return undefined;
  let offset = header.end;
  const root = { message: header.message };
  for (const { path, length } of header.bytes) {
    if (offset + length > data.length) return undefined;
    if (!place(root, ['message', ...path], data.subarray(offset, offset + length))) return undefined;
    offset += length;
  }
  return offset === data.length ? root.message : undefined;
}

function readHeader(data: Uint8Array): (Header & { end: number }) | undefined {
  if (data.length < 4) return undefined;
  const end = 4 + new DataView(data.buffer, data.byteOffset, 4).getUint32(0, true);
  if (end > data.length) return undefined;
  const header = parseJson(new TextDecoder().decode(data.subarray(4, end)));
  if (!isRecord(header) || !Array.isArray(header['bytes']) || !header['bytes'].every(isPlace))
    return undefined;
  return { message: header['message'], bytes: header['bytes'], end };
}

function isPlace(value: unknown): value is Header['bytes'][number] {
  if (!isRecord(value)) return false;
  const { path, length } = value;
  const isPath = Array.isArray(path) && path.every((step) => typeof step === 'string');
  return isPath && typeof length === 'number' && Number.isInteger(length) && length >= 0;
}

/** Only where the message has an entry of its own, so that no path leads to a prototype. */
function place(root: object, path: readonly string[], value: Uint8Array): boolean {
  const [step, ...rest] = path;
  if (step === undefined || !Object.hasOwn(root, step)) return false;
  if (rest.length === 0) return Reflect.set(root, step, value);
  const next: unknown = Reflect.get(root, step);
  return typeof next === 'object' && next !== null && place(next, rest, value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
