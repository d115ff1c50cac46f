/** Grad-CAM, the sums and products of maps, their pictures, ranks and files. */
import { describe, expect, it } from 'vitest';
import { createPixels, pixelsFrom, toBytes } from '../imaging/pixels.ts';
import { refusal } from '../testing/refusal.ts';
import { overlay, percentileOfSizes, render } from './display.ts';
import { enlarge, gradCam, hiResCam, layerCam } from './class-activation.ts';
import { product, summed, type AttributionMap } from './map.ts';
import { readNpy, writeNpy } from './npy.ts';
import { rankCorrelation } from './rank-correlation.ts';

const plane = (width: number, data: readonly number[]): AttributionMap => ({
  channels: 1,
  width,
  height: data.length / width,
  data: Float32Array.from(data),
});

describe('Grad-CAM', () => {
  it('weighs each channel by the mean of its gradient, and keeps what speaks for the score', () => {
    const layer = { channels: 2, width: 2, height: 1, data: Float32Array.of(1, 2, 3, 1) };
    expect(gradCam(layer, Float32Array.of(2, 4, -1, -1))).toEqual(plane(2, [0, 5]));
  });

  it('is all zero, never NaN, where nothing does', () => {
    const layer = { channels: 1, width: 2, height: 2, data: Float32Array.of(1, 2, 3, 4) };
    const map = gradCam(layer, new Float32Array(4).fill(-1));
    expect([...map.data]).toEqual([0, 0, 0, 0]);
    const picture = render(enlarge(map, 6, 4), 'heat');
    expect(new Set(picture.data)).toEqual(new Set([0]));
  });

  it('is enlarged bilinearly', () => {
    const { data } = enlarge(plane(2, [0, 1]), 4, 1);
    expect([...data]).toEqual([0, 0.25, 0.75, 1]);
  });
});

describe('the kin of Grad-CAM', () => {
  const layer = { channels: 2, width: 2, height: 1, data: Float32Array.of(1, 2, 3, -1) };
  const gradient = Float32Array.of(2, -4, 1, -3);

  it('HiResCAM weighs each position by its own gradient', () => {
    expect([...hiResCam(layer, gradient).data]).toEqual([5, 0]);
    expect([...hiResCam(layer, Float32Array.of(2, 4, -1, -1)).data]).toEqual([0, 9]);
  });

  it('LayerCAM by what is positive in it', () => {
    expect([...layerCam(layer, gradient).data]).toEqual([5, 0]);
    expect([...layerCam(layer, Float32Array.of(-2, 4, 1, -1)).data]).toEqual([3, 8]);
  });

  it('are Grad-CAM itself where the gradient is the same everywhere', () => {
    const flat = Float32Array.of(3, 3, -1, -1);
    expect(hiResCam(layer, flat)).toEqual(gradCam(layer, flat));
  });
});

describe('maps', () => {
  const map: AttributionMap = { channels: 3, width: 2, height: 1, data: Float32Array.of(1, -1, 2, 0, -4, 3) };

  it('are summed over the colours with or without signs', () => {
    expect([...summed(map, 'signed')]).toEqual([-1, 2]);
    expect([...summed(map, 'magnitude')]).toEqual([7, 4]);
  });

  it('are multiplied, a plane with each colour', () => {
    const expected = { ...map, data: Float32Array.of(2, -0, 4, 0, -8, 0) };
    expect(product(plane(2, [2, 0]), map)).toEqual(expected);
    expect(product(map, plane(2, [2, 0]))).toEqual(expected);
    expect([...product(map, map).data]).toEqual([1, 1, 4, 0, 16, 9]);
  });
});

describe('the picture of a map', () => {
  const bytes = (map: AttributionMap, display: Parameters<typeof render>[1]): number[] => [
    ...toBytes(render(map, display)),
  ];

  it('is neutral for a map of zeros: black, white or mid-grey', () => {
    const zeros = plane(2, [0, 0]);
    expect(bytes(zeros, 'magnitude')).toEqual([0, 0, 0, 0, 0, 0]);
    expect(bytes(zeros, 'heat')).toEqual([0, 0, 0, 0, 0, 0]);
    expect(new Set(bytes(zeros, 'signed'))).toEqual(new Set([247]));
    expect(new Set(bytes(zeros, 'colour'))).toEqual(new Set([128]));
  });

  it('is white where the size is greatest, whatever its sign', () => {
    expect(bytes(plane(2, [-3, 3]), 'magnitude')).toEqual([255, 255, 255, 255, 255, 255]);
  });

  it('is blue below zero and red above, alike on both sides', () => {
    const [r0 = 0, , b0 = 0, r1 = 0, , b1 = 0] = bytes(plane(2, [-1, 1]), 'signed');
    expect(b0).toBeGreaterThan(r0 + 100);
    expect(r1).toBeGreaterThan(b1 + 100);
  });

  it('has colours around mid-grey', () => {
    const map: AttributionMap = { channels: 3, width: 1, height: 1, data: Float32Array.of(4, -4, 0) };
    expect(bytes(map, 'colour')).toEqual([255, 0, 128]);
  });

  it('is scaled by the 99th percentile of the sizes, so that one pixel does not darken the rest', () => {
    const data = new Array<number>(1000).fill(1);
    data[7] = 1e6;
    const picture = render(plane(1000, data), 'magnitude');
    expect(picture.data[0]).toBeCloseTo(1, 6);
    expect(Math.max(...picture.data)).toBe(1);
  });

  it('lies over its photo with an opacity', () => {
    const [photo, map] = [createPixels(2, 1, 0.2), createPixels(2, 1, 1)];
    expect(overlay(photo, map, 0)).toEqual(photo);
    expect(overlay(photo, map, 1)).toEqual(map);
    expect(overlay(photo, map, 0.5).data[0]).toBeCloseTo(0.6, 6);
    expect(() => overlay(photo, pixelsFrom(1, 1, new Float32Array(3)), 1)).toThrow(RangeError);
  });
});

it('a percentile is interpolated between sizes as numpy does', () => {
  const values = Float32Array.of(-4, 1, 2, 3);
  expect(percentileOfSizes(values, 0)).toBe(1);
  expect(percentileOfSizes(values, 50)).toBe(2.5);
  expect(percentileOfSizes(values, 99)).toBeCloseTo(3.97, 12);
  expect(percentileOfSizes(values, 100)).toBe(4);
});

describe('rank correlation', () => {
  it.each([
    ['the same order', [1, 2, 3, 40], [5, 6, 700, 800], 1],
    ['the opposite order', [1, 2, 3], [9, 4, 1], -1],
    // Spearman's 1904 formula 1 − 6Σd²/n(n² − 1), with d = 1, 1, 0, 0.
    ['one swap', [1, 2, 3, 4], [2, 1, 3, 4], 0.8],
    // Ranks 0, 1½, 1½, 3 and 0, 1, 2, 3: scipy.stats.spearmanr gives 0.9487.
    ['ties', [1, 2, 2, 3], [1, 2, 3, 4], 0.9486833],
    ['no order at all', [1, 1, 1], [1, 2, 3], null],
  ])('of %s', (_, a, b, expected) => {
    const found = rankCorrelation(a, b);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toBeCloseTo(expected, 6);
  });
});

describe('.npy files', () => {
  it.each([[[2, 3]], [[6]], [[3, 1, 2]], [[1, 6, 1, 1]]])(
    'of the shape %j come back as they went',
    (dims) => {
      const data = Float32Array.of(0, -1.5, 3e-30, 1e30, 0.1, -0);
      const bytes = writeNpy({ dims, data });
      expect(readNpy(bytes)).toEqual({ dims, data });
      // numpy wants the samples aligned for memory maps.
      expect((bytes.length - 24) % 64).toBe(0);
    },
  );

  it('have the header that numpy itself writes', () => {
    const text = Buffer.from(writeNpy({ dims: [3], data: new Float32Array(3) })).toString('latin1');
    expect(text.slice(0, 8)).toBe('\x93NUMPY\x01\x00');
    expect(text.slice(10, 128).trimEnd()).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }");
    expect(text.charAt(127)).toBe('\n');
  });

  const good = (): Buffer => Buffer.from(writeNpy({ dims: [2, 2], data: new Float32Array(4) }));
  const doubled = good();
  doubled.write('<f8', doubled.indexOf('<f4'), 'latin1');
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['something else', Buffer.from('not an array, but long enough to be one')],
    ['too few numbers', good().subarray(0, -4)],
    ['doubles', doubled],
  ])('are refused when they hold %s', (_, bytes) => {
    expect(refusal(() => readNpy(bytes))).toMatchObject({ code: 'image/unreadable' });
  });
});
