import { describe, expect, test } from 'vitest';
import { ReverieError } from '../../../../shared/errors.ts';
import { inferShapes } from '../../graph/shapes.ts';
import { readCaffe } from './caffe.ts';
import { waves } from './testing/described.ts';
import { message, text, varint } from './testing/wire.ts';
import { writeCaffe, type WrittenLayer } from './testing/write-caffe.ts';
import { picking } from '../../testing/fuzz/picking.ts';

const settings = { num_output: 4, kernel_size: 3, stride: 2, pad: 1 };
const layers: readonly WrittenLayer[] = [
  {
    name: 'c',
    type: 'Convolution',
    bottom: ['x'],
    top: ['c'],
    settings,
    blobs: [waves([4, 3, 3, 3]), waves([4])],
  },
  { name: 'r', type: 'ReLU', bottom: ['c'], top: ['c'] },
  { name: 'p', type: 'Pooling', bottom: ['c'], top: ['p'], settings: { kernel_size: 2, stride: 2 } },
  {
    name: 'f',
    type: 'InnerProduct',
    bottom: ['p'],
    top: ['f'],
    settings: { num_output: 2 },
    blobs: [waves([2, 64]), waves([2])],
  },
  { name: 's', type: 'Softmax', bottom: ['f'], top: ['s'] },
];

describe('hostile bytes', () => {
  /** Reads a network and infers its shapes; all that may happen is that, or a refusal. Returns whether it was refused. */
  function refused(bytes: Uint8Array, prototxt?: string): boolean {
    try {
      const { graph } = readCaffe(bytes, prototxt);
      inferShapes(graph, Object.fromEntries(graph.inputs.map(({ name }) => [name, [1, 3, 16, 16]])));
      return false;
    } catch (error) {
      if (!(error instanceof ReverieError)) throw error;
      expect(error.code).toMatch(/^model\//);
      return true;
    }
  }

  test.each([0, 1, 2] as const)('cut off anywhere, version %i', (version) => {
    const valid = writeCaffe(version, layers);
    expect(refused(valid)).toBe(false);
    let count = 0;
    for (let length = 0; length < valid.length; length++) count += refused(valid.subarray(0, length)) ? 1 : 0;
    // Only an end between two layers leaves a network.
    expect(count).toBeGreaterThanOrEqual(valid.length - layers.length);
  });

  test.each([0, 1, 2] as const)('with bytes changed, inserted and removed, version %i', (version) => {
    const valid = writeCaffe(version, layers);
    const pick = picking(version + 1);
    let count = 0;
    for (let round = 0; round < 300; round++) {
      const bytes = Array.from(valid);
      for (let i = 0; i <= pick(4); i++)
        bytes.splice(pick(bytes.length), pick(3), ...Array.from({ length: pick(3) }, () => pick(256)));
      count += refused(Uint8Array.from(bytes)) ? 1 : 0;
    }
    expect(count).toBeGreaterThan(100);
  });

  test('without any order', () => {
    const pick = picking(9);
    for (let round = 0; round < 300; round++)
      expect(refused(Uint8Array.from({ length: pick(200) }, () => pick(256)))).toBe(true);
  });

  test('nested without end', () => {
    expect(refused(new Uint8Array(100_000).fill((2 << 3) | 3))).toBe(true);
  });

  test('with sizes far beyond the bytes', () => {
    for (const size of [2 ** 31 - 1, 2 ** 32 - 1, 2 ** 40]) {
      const param = message(106, varint(1, size), varint(4, size), varint(6, size), varint(3, size));
      const more = [param, message(7, message(7, varint(1, size), varint(1, size)))];
      for (const fields of more)
        expect(
          refused(message(100, text(1, 'c'), text(2, 'Convolution'), text(3, 'x'), text(4, 'c'), fields)),
        ).toBe(true);
    }
  });

  test('as a text that is mangled', () => {
    const valid = writeCaffe(2, layers);
    const whole =
      'input: "x" layer { name: "c" type: "Convolution" bottom: "x" top: "c" convolution_param { num_output: 4 kernel_size: 3 pad: 1 } }';
    expect(refused(valid, whole)).toBe(false);
    const pick = picking(5);
    let count = 0;
    for (let round = 0; round < 300; round++) {
      const characters = Array.from(whole);
      for (let i = 0; i <= pick(3); i++)
        characters.splice(pick(characters.length), pick(3), String.fromCharCode(32 + pick(95)));
      count += refused(valid, characters.join('')) ? 1 : 0;
    }
    expect(count).toBeGreaterThan(100);
  });

  test('with a layer of thirty thousand tops and bottoms', () => {
    const many = Array.from({ length: 30_000 }, (_, i) => `${i}`);
    expect(refused(writeCaffe(2, [{ name: 's', type: 'Slice', bottom: many, top: many }]))).toBe(true);
  });

  test('of thousands of layers in a row, many of one name', () => {
    const chain = Array.from({ length: 5_000 }, (_, i) => ({
      name: i % 2 === 0 ? 'r' : `r${i}`,
      type: 'ReLU',
      bottom: ['x'],
      top: ['x'],
    }));
    expect(refused(writeCaffe(2, chain))).toBe(false);
  });
});
