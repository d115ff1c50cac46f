import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from './binary-message.ts';

const bytes = (...values: number[]) => new Uint8Array(values);

describe('messages as bytes', () => {
  it.each([
    ['nothing', null],
    ['text beyond ASCII', { type: 'call', argument: 'Träume 夢' }],
    ['bytes alone', bytes(1, 2, 3)],
    [
      'a frame in a reply',
      { id: 3, type: 'value', value: { width: 1, height: 1, rgba: bytes(9, 8, 7, 255) } },
    ],
    ['several arrays, one empty', { list: [bytes(), { deep: bytes(5) }, 'text', bytes(6, 7)] }],
    ['a key that looks like a marker', { bytes: [{ path: ['x'], length: 1 }], message: 1 }],
  ])('come back as they went: %s', (_name, message) => {
    expect(decodeMessage(encodeMessage(message))).toEqual(message);
  });

  it('keeps byte arrays that are views of a larger buffer', () => {
    const whole = bytes(0, 1, 2, 3, 4);
    expect(decodeMessage(encodeMessage({ part: whole.subarray(1, 4) }))).toEqual({ part: bytes(1, 2, 3) });
  });

  const header = (value: unknown, ...rest: number[]) => {
    const json = new TextEncoder().encode(JSON.stringify(value));
    const data = new Uint8Array(4 + json.length + rest.length);
    new DataView(data.buffer).setUint32(0, json.length, true);
    data.set(json, 4);
    data.set(rest, 4 + json.length);
    return data;
  };

  it.each([
    ['too short', bytes(1, 0)],
    ['a header longer than the message', bytes(255, 255, 255, 255, 1)],
    ['no JSON', bytes(2, 0, 0, 0, 120, 120)],
    ['no list of arrays', header({ message: 1 })],
    ['an array beyond the end', header({ message: { a: null }, bytes: [{ path: ['a'], length: 9 }] }, 1)],
    ['a negative length', header({ message: { a: null }, bytes: [{ path: ['a'], length: -1 }] }, 1)],
    ['bytes left over', header({ message: 1, bytes: [] }, 1)],
    ['a place that is not there', header({ message: {}, bytes: [{ path: ['a'], length: 1 }] }, 1)],
    ['a way to a prototype', header({ message: {}, bytes: [{ path: ['__proto__', 'a'], length: 1 }] }, 1)],
  ])('are refused: %s', (_name, data) => {
    expect(decodeMessage(data)).toBeUndefined();
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });
});
