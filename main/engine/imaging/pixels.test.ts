import { describe, expect, it } from 'vitest';
import type { Pixels } from './pixels.ts';
import { clonePixels, createPixels, pixelsFrom, toBytes, toWords } from './pixels.ts';
import { fromBytes, maxDifference, noise } from './testing/pictures.ts';

const grey = (value: number): Pixels => createPixels(1, 1, value);

describe('createPixels', () => {
  it('lays out planes', () => {
    expect([...createPixels(2, 1, [0.25, 0.5, 0.75]).data]).toEqual([0.25, 0.25, 0.5, 0.5, 0.75, 0.75]);
    expect([...createPixels(1, 1).data]).toEqual([0, 0, 0]);
  });

  it.each([
    [0, 1],
    [1, -1],
    [1.5, 1],
    [NaN, 1],
  ])('refuses %s×%s', (width, height) => {
    expect(() => createPixels(width, height)).toThrow(RangeError);
  });

  it('takes existing samples only where they fit', () => {
    const data = new Float32Array(6);
    expect(pixelsFrom(2, 1, data).data).toBe(data);
    expect(() => pixelsFrom(2, 2, data)).toThrow(RangeError);
  });

  it('clones independently', () => {
    const original = grey(0.5);
    clonePixels(original).data[0] = 1;
    expect(original.data[0]).toBe(0.5);
  });
});

describe('toBytes and toWords', () => {
  it.each([
    ['below', -0.2, 0],
    ['above', 7, 255],
    ['not a number', NaN, 0],
    ['infinite', Infinity, 255],
    ['a half', 0.5, 128], // 127.5
    ['just under a half', 0.49, 125], // 124.95
    ['one', 1, 255],
  ])('%s', (_, value, byte) => {
    expect([...toBytes(grey(value))]).toEqual([byte, byte, byte]);
  });

  it('takes the nearest of 65536 levels', () => {
    expect(toWords(grey(0.5))[0]).toBe(32768); // 32767.5
    expect(toWords(grey(0.25))[0]).toBe(16384); // 16383.75
  });

  it('interleaves, with alpha or without', () => {
    const pixels = createPixels(2, 1, [0, 0.2, 1]);
    expect([...toBytes(pixels)]).toEqual([0, 51, 255, 0, 51, 255]);
    expect([...toBytes(pixels, { alpha: true })]).toEqual([0, 51, 255, 255, 0, 51, 255, 255]);
    expect([...toWords(pixels)]).toEqual([0, 13107, 65535, 0, 13107, 65535]);
  });

  it('clamps words', () => {
    expect([...toWords(createPixels(1, 1, [-1, 2, NaN]))]).toEqual([0, 65535, 0]);
  });
});

describe('fromBytes', () => {
  it('gives back every 8- and 16-bit value', () => {
    const bytes = Uint8Array.from({ length: 3 * 256 }, (_, i) => i % 256);
    expect([...toBytes(fromBytes(bytes, 256, 1))]).toEqual([...bytes]);
    const words = Uint16Array.from({ length: 3 * 65536 }, (_, i) => i % 65536);
    expect(maxDifference(toWords(fromBytes(words, 65536, 1)), words)).toBe(0);
  });

  it.each([
    ['grey', [51], 1, [0.2, 0.2, 0.2]],
    ['grey, half transparent on white', [51, 51], 2, [0.84, 0.84, 0.84]],
    ['RGB', [0, 51, 255], 3, [0, 0.2, 1]],
    ['RGBA, opaque', [0, 51, 255, 255], 4, [0, 0.2, 1]],
    ['RGBA, invisible: white', [0, 51, 255, 0], 4, [1, 1, 1]],
    ['RGBA, one fifth', [0, 51, 255, 51], 4, [0.8, 0.84, 1]],
  ] as const)('%s', (_, samples, channels, expected) => {
    const { data } = fromBytes(Uint8Array.from(samples), 1, 1, channels);
    expected.forEach((value, i) => {
      expect(data[i]).toBeCloseTo(value, 6);
    });
  });

  it('refuses a wrong number of samples', () => {
    expect(() => fromBytes(new Uint8Array(5), 2, 1)).toThrow(RangeError);
  });

  it('does not touch its input', () => {
    const bytes = toBytes(noise(3, 3));
    const before = bytes.slice();
    fromBytes(bytes, 3, 3);
    expect(bytes).toEqual(before);
  });
});
