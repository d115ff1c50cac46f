import { describe, expect, it } from 'vitest';
import { numbers } from '../../graph/tensor.ts';
import { refusal } from '../../testing/refusal.ts';
import { readTensorflow } from './tensorflow.ts';
import { attr, graphDef, node, placeholder, repeated, shape, tensorProto } from './testing/graph-def.ts';
import { bytes, double, float, integer, join, packed, unpacked, type Bytes } from './testing/wire.ts';
import { ElementType } from './schema.ts';

const content = (array: ArrayBufferView): Bytes =>
  bytes(4, new Uint8Array(array.buffer, array.byteOffset, array.byteLength));

/** The constant that a stored tensor becomes, in a network that stacks it upon something computed from the picture. */
function read(proto: Bytes, dtype: number): { type: string; values: number[] } {
  const constants = readTensorflow(
    graphDef(
      placeholder('x'),
      node('c', 'Const', [], { dtype: attr.type(dtype), value: attr.tensor(proto) }),
      node('y', 'Unheard', ['x', 'c']),
    ),
  ).constants;
  const tensor = constants.get('c');
  if (tensor === undefined) throw new Error('The constant is missing.');
  return { type: tensor.type, values: numbers(tensor) };
}

const E = ElementType;
const three = [3];

describe('a tensor of TensorFlow', () => {
  it.each<[string, number, Bytes, string, number[]]>([
    ['float_val, packed', E.FLOAT, packed(5, [1.5, -2, 3], float), 'float32', [1.5, -2, 3]],
    ['float_val, one by one', E.FLOAT, unpacked(5, [1.5, -2, 3], float), 'float32', [1.5, -2, 3]],
    [
      'float_val, in pieces',
      E.FLOAT,
      join(packed(5, [1.5], float), unpacked(5, [-2], float), packed(5, [3], float)),
      'float32',
      [1.5, -2, 3],
    ],
    ['float content', E.FLOAT, content(Float32Array.of(1.5, -2, 3)), 'float32', [1.5, -2, 3]],
    ['double_val', E.DOUBLE, packed(6, [1.5, -2, 3], double), 'float32', [1.5, -2, 3]],
    ['double content', E.DOUBLE, content(Float64Array.of(1.5, -2, 3)), 'float32', [1.5, -2, 3]],
    ['half_val', E.HALF, packed(13, [0x3e00, 0xc000, 0x0001], integer), 'float32', [1.5, -2, 2 ** -24]],
    [
      'half_val, one by one',
      E.HALF,
      unpacked(13, [0x3e00, 0xc000, 0x7c00], integer),
      'float32',
      [1.5, -2, Infinity],
    ],
    ['half content', E.HALF, content(Uint16Array.of(0x3e00, 0xc000, 0x3c00)), 'float32', [1.5, -2, 1]],
    [
      'bfloat16 as half_val',
      E.BFLOAT16,
      packed(13, [0x3fc0, 0xc000, 0x3f80], integer),
      'float32',
      [1.5, -2, 1],
    ],
    [
      'bfloat16 content',
      E.BFLOAT16,
      content(Uint16Array.of(0x3fc0, 0xc000, 0x3f80)),
      'float32',
      [1.5, -2, 1],
    ],
    ['int_val', E.INT32, packed(7, [1, -2, 3], integer), 'int64', [1, -2, 3]],
    ['int content', E.INT32, content(Int32Array.of(1, -2, 3)), 'int64', [1, -2, 3]],
    ['int8 as int_val', E.INT8, packed(7, [1, -2, 3], integer), 'int64', [1, -2, 3]],
    ['int8 content', E.INT8, content(Int8Array.of(1, -2, 3)), 'int64', [1, -2, 3]],
    ['int16 content', E.INT16, content(Int16Array.of(1, -2, 3)), 'int64', [1, -2, 3]],
    ['uint8 as int_val', E.UINT8, packed(7, [1, 200, 3], integer), 'int64', [1, 200, 3]],
    ['uint8 content', E.UINT8, content(Uint8Array.of(1, 200, 3)), 'int64', [1, 200, 3]],
    ['uint16 content', E.UINT16, content(Uint16Array.of(1, 60000, 3)), 'int64', [1, 60000, 3]],
    ['uint32_val', E.UINT32, packed(16, [1, 4e9, 3], integer), 'int64', [1, 4e9, 3]],
    ['uint32 content', E.UINT32, content(Uint32Array.of(1, 4e9, 3)), 'int64', [1, 4e9, 3]],
    ['int64_val', E.INT64, packed(10, [1, -(2 ** 40), 3], integer), 'int64', [1, -(2 ** 40), 3]],
    ['int64 content', E.INT64, content(BigInt64Array.of(1n, -2n, 3n)), 'int64', [1, -2, 3]],
    ['uint64_val', E.UINT64, packed(17, [1, 2 ** 40, 3], integer), 'int64', [1, 2 ** 40, 3]],
    ['bool_val', E.BOOL, packed(11, [1, 0, 1], integer), 'bool', [1, 0, 1]],
    ['bool content', E.BOOL, content(Uint8Array.of(1, 0, 1)), 'bool', [1, 0, 1]],
    ['the last value, repeated', E.FLOAT, packed(5, [1.5, -2], float), 'float32', [1.5, -2, -2]],
    ['one integer, repeated', E.INT32, integer(7, 5), 'int64', [5, 5, 5]],
    ['one half, repeated', E.HALF, integer(13, 0x3e00), 'float32', [1.5, 1.5, 1.5]],
    ['one truth, repeated', E.BOOL, integer(11, 1), 'bool', [1, 1, 1]],
    ['no value: zeros', E.FLOAT, join(), 'float32', [0, 0, 0]],
    ['no long value: zeros', E.INT64, join(), 'int64', [0, 0, 0]],
  ])('%s', (_, dtype, data, type, values) => {
    expect(read(tensorProto(dtype, three, data), dtype)).toEqual({ type, values });
  });

  it('may be a scalar, or empty', () => {
    expect(read(tensorProto(E.FLOAT, [], float(5, 2)), E.FLOAT).values).toEqual([2]);
    expect(read(join(integer(1, E.FLOAT), float(5, 2)), E.FLOAT).values).toEqual([2]);
    expect(read(tensorProto(E.FLOAT, [0, 3], join()), E.FLOAT).values).toEqual([]);
  });

  it.each<[string, number, Bytes, string]>([
    ['text', 7, tensorProto(7, [], bytes(8, 'a')), 'model/unsupported'],
    ['complex numbers', 8, tensorProto(8, [], packed(9, [1, 2], float)), 'model/unsupported'],
    ['quantised numbers', 12, tensorProto(12, [], integer(7, 1)), 'model/unsupported'],
    [
      'more values than its shape',
      E.FLOAT,
      tensorProto(E.FLOAT, [1], packed(5, [1, 2], float)),
      'model/unreadable',
    ],
    [
      'too few bytes',
      E.FLOAT,
      tensorProto(E.FLOAT, three, content(Float32Array.of(1, 2))),
      'model/unreadable',
    ],
    [
      'half an element',
      E.FLOAT,
      tensorProto(E.FLOAT, [1], bytes(4, Uint8Array.of(1, 2))),
      'model/unreadable',
    ],
    ['a negative size', E.FLOAT, tensorProto(E.FLOAT, [-1], float(5, 1)), 'model/unreadable'],
    [
      'no known rank',
      E.FLOAT,
      join(integer(1, E.FLOAT), bytes(2, shape(null)), float(5, 1)),
      'model/unreadable',
    ],
    ['2^40 zeros in a few bytes', E.FLOAT, repeated(E.FLOAT, [2 ** 20, 2 ** 20], 0), 'model/unsupported'],
    [
      '2^300 zeros in a few bytes',
      E.FLOAT,
      tensorProto(
        E.FLOAT,
        Array.from({ length: 6 }, () => 2 ** 50),
        join(),
      ),
      'model/unsupported',
    ],
    [
      'sizes that are no numbers together',
      E.FLOAT,
      tensorProto(E.FLOAT, [...Array.from({ length: 30 }, () => 2 ** 50), 0], float(5, 1)),
      'model/unsupported',
    ],
  ])('is refused with %s', (_, dtype, proto, code) => {
    expect(refusal(() => read(proto, dtype)).code).toBe(code);
  });

  it('cannot fill the memory by being repeated often', () => {
    const many = Array.from({ length: 3 }, (_, i) =>
      node(`c${i}`, 'Const', [], { value: attr.tensor(repeated(E.FLOAT, [2 ** 25], 0)) }),
    );
    const names = many.map((_, i) => `c${i}`);
    const bytes = graphDef(placeholder('x'), ...many, node('y', 'Unheard', ['x', ...names]));
    expect(refusal(() => readTensorflow(bytes)).code).toBe('model/unsupported');
  });
});
