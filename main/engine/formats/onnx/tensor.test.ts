import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../graph/tensor.ts';
import { ElementType, type TensorProto } from './schema.ts';
import { model } from './testing/samples.ts';
import { parseOnnx } from './onnx.ts';

/** A stored tensor `t`, which the network multiplies its input with. */
function withTensor(tensor: TensorProto): Uint8Array {
  return model({
    node: [{ opType: 'Mul', input: ['x', 't'], output: ['y'] }],
    initializer: [{ name: 't', ...tensor }],
  });
}

const raw = (data: ArrayBufferView) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
const big = (value: bigint) => ({
  low: Number(BigInt.asIntN(32, value)),
  high: Number(BigInt.asIntN(32, value >> 32n)),
});

const { BFLOAT16, BOOL, DOUBLE, FLOAT, FLOAT16, INT16, INT32, INT64, INT8, UINT16, UINT32, UINT64, UINT8 } =
  ElementType;
const halves = [0x3c00, 0xc100, 0x7bff, 0x0001, 0x8000, 0x7c00, 0x7e00];
const halfValues = [1, -2.5, 65504, 2 ** -24, -0, Infinity, NaN];

// prettier-ignore
const encodings: [string, TensorProto, Tensor['type'], (number | bigint)[]][] = [
  ['float, raw', { dataType: FLOAT, rawData: raw(Float32Array.of(1.5, -2)) }, 'float32', [1.5, -2]],
  ['float, listed', { dataType: FLOAT, floatData: [1.5, -2] }, 'float32', [1.5, -2]],
  ['double, raw', { dataType: DOUBLE, rawData: raw(Float64Array.of(0.1, 3)) }, 'float32', [Math.fround(0.1), 3]],
  ['double, listed', { dataType: DOUBLE, doubleData: [0.1, 3] }, 'float32', [Math.fround(0.1), 3]],
  ['float16, raw', { dataType: FLOAT16, rawData: raw(Uint16Array.from(halves)) }, 'float32', halfValues],
  ['float16, listed', { dataType: FLOAT16, int32Data: halves }, 'float32', halfValues],
  ['bfloat16, raw', { dataType: BFLOAT16, rawData: raw(Uint16Array.of(0x3f80, 0xc040)) }, 'float32', [1, -3]],
  ['bfloat16, listed', { dataType: BFLOAT16, int32Data: [0x3f80, 0xc040] }, 'float32', [1, -3]],
  ['uint8, raw', { dataType: UINT8, rawData: Uint8Array.of(0, 255) }, 'int32', [0, 255]],
  ['uint8, listed', { dataType: UINT8, int32Data: [0, 255] }, 'int32', [0, 255]],
  ['int8, raw', { dataType: INT8, rawData: raw(Int8Array.of(-128, 127)) }, 'int32', [-128, 127]],
  ['int8, listed', { dataType: INT8, int32Data: [-128, 127] }, 'int32', [-128, 127]],
  ['uint16, raw', { dataType: UINT16, rawData: raw(Uint16Array.of(65535)) }, 'int32', [65535]],
  ['int16, raw', { dataType: INT16, rawData: raw(Int16Array.of(-32768)) }, 'int32', [-32768]],
  ['int16, listed', { dataType: INT16, int32Data: [-32768] }, 'int32', [-32768]],
  ['int32, raw', { dataType: INT32, rawData: raw(Int32Array.of(-7, 2 ** 30)) }, 'int32', [-7, 2 ** 30]],
  ['int32, listed', { dataType: INT32, int32Data: [-7, 2 ** 30] }, 'int32', [-7, 2 ** 30]],
  ['int64, raw', { dataType: INT64, rawData: raw(BigInt64Array.of(-1n, 2n ** 62n)) }, 'int64', [-1n, 2n ** 62n]],
  ['int64, listed', { dataType: INT64, int64Data: [big(-1n), big(2n ** 63n - 1n)] }, 'int64', [-1n, 2n ** 63n - 1n]],
  ['uint32, raw', { dataType: UINT32, rawData: raw(Uint32Array.of(2 ** 32 - 1)) }, 'int64', [2n ** 32n - 1n]],
  ['uint32, listed', { dataType: UINT32, uint64Data: [big(2n ** 32n - 1n)] }, 'int64', [2n ** 32n - 1n]],
  ['uint64, raw', { dataType: UINT64, rawData: raw(BigUint64Array.of(5n)) }, 'int64', [5n]],
  ['uint64, listed', { dataType: UINT64, uint64Data: [big(5n)] }, 'int64', [5n]],
  ['bool, raw', { dataType: BOOL, rawData: Uint8Array.of(0, 1, 2) }, 'bool', [0, 1, 1]],
  ['bool, listed', { dataType: BOOL, int32Data: [0, 1, 256] }, 'bool', [0, 1, 1]],
];

describe('stored tensors', () => {
  it.each(encodings)('%s', (_, stored, type, expected) => {
    const tensor = parseOnnx(withTensor({ ...stored, dims: [expected.length] })).graph.constants.get('t');
    expect(tensor?.type).toBe(type);
    expect(Array.from<number | bigint, number | bigint>(tensor?.data ?? [], (v) => v)).toEqual(expected);
  });

  it.each<[string, TensorProto, string]>([
    ['too few raw bytes', { dims: [3], dataType: FLOAT, rawData: new Uint8Array(8) }, 'model/unreadable'],
    ['half an element', { dims: [1], dataType: FLOAT, rawData: new Uint8Array(6) }, 'model/unreadable'],
    ['too many numbers', { dims: [1], dataType: FLOAT, floatData: [1, 2] }, 'model/unreadable'],
    ['no data at all', { dims: [2 ** 20, 2 ** 20], dataType: FLOAT }, 'model/unreadable'],
    [
      'a shape beyond all numbers',
      { dims: Array.from({ length: 64 }, () => 2 ** 52), dataType: FLOAT, rawData: new Uint8Array(4) },
      'model/unreadable',
    ],
    ['a negative dimension', { dims: [-1], dataType: FLOAT, floatData: [1] }, 'model/unreadable'],
    ['two negative dimensions', { dims: [-1, -1], dataType: FLOAT, floatData: [1] }, 'model/unreadable'],
    ['no element type', { dims: [1], floatData: [1] }, 'model/unsupported'],
    ['text', { dims: [1], dataType: 8 }, 'model/unsupported'],
    ['complex numbers', { dims: [1], dataType: 14, floatData: [1, 2] }, 'model/unsupported'],
    ['data in another file', { dims: [1], dataType: FLOAT, dataLocation: 1 }, 'model/unreadable'],
  ])('with %s are refused', (_, stored, code) => {
    expect(() => parseOnnx(withTensor(stored))).toThrow(expect.objectContaining({ code }));
  });
});
