import { describe, expect, it } from 'vitest';
import { readBlob } from './blob.ts';
import {
  all,
  double,
  float,
  message,
  packed,
  packedVarints,
  text,
  varint,
  type Fields,
} from './testing/wire.ts';

const values = [1.5, -2, 3, 0.25, 5, 6];
const floats = Float32Array.from(values);
const shape = message(7, packedVarints(1, [2, 3]));
const legacy = all(varint(1, 1), varint(2, 1), varint(3, 2), varint(4, 3));
const singles = all(...values.map((v) => float(5, v)));

describe('numbers of a blob', () => {
  it.each<[string, Fields, number[]]>([
    ['packed', all(shape, packed(5, floats)), [2, 3]],
    ['one by one', all(shape, singles), [2, 3]],
    [
      'in pieces of both kinds',
      all(packed(5, floats.slice(0, 2)), float(5, 3), float(5, 0.25), shape, packed(5, floats.slice(4))),
      [2, 3],
    ],
    ['in double precision', all(shape, packed(8, Float64Array.from(values))), [2, 3]],
    ['in double precision, one by one', all(shape, ...values.map((v) => double(8, v))), [2, 3]],
    ['in the shape of old files', all(legacy, packed(5, floats)), [1, 1, 2, 3]],
    ['in a shape one by one', all(message(7, varint(1, 2), varint(1, 3)), singles), [2, 3]],
    ['in both shapes, of which the new one counts', all(legacy, shape, singles), [2, 3]],
    ['without a shape', singles, [6]],
    [
      'beside gradients and fields of the future',
      all(packed(6, floats), shape, text(19, 'new'), singles),
      [2, 3],
    ],
  ])('%s', (_, bytes, dims) => {
    const blob = readBlob(bytes, 'Blob');
    expect(blob.dims).toEqual(dims);
    expect(Array.from(blob.data)).toEqual(values);
  });

  it('are read from any place of a file', () => {
    const file = all(text(1, 'odd'), all(shape, packed(5, floats)));
    const blob = readBlob(file.subarray(5), 'Blob');
    expect(Array.from(blob.data)).toEqual(values);
  });

  it('may be a single one without axes', () => {
    expect(readBlob(all(message(7), float(5, 7)), 'Blob')).toEqual({ dims: [], data: Float32Array.of(7) });
  });

  it.each<[string, Fields]>([
    ['too few numbers', all(shape, packed(5, floats.slice(1)))],
    ['too many numbers', all(shape, singles, float(5, 1))],
    ['none at all', shape],
    ['a shape beyond all memory', all(message(7, packedVarints(1, [2 ** 40, 2 ** 40])), singles)],
    ['sizes below 0', all(message(7, packedVarints(1, [-2, -3])), singles)],
    ['half a number', all(shape, message(5, new Uint8Array(23)))],
    ['an end within a field', all(shape, packed(5, floats)).subarray(0, 20)],
  ])('with %s are refused', (_, bytes) => {
    expect(() => readBlob(bytes, 'Blob')).toThrow(expect.objectContaining({ code: 'model/unreadable' }));
  });
});
