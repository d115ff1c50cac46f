import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Pixels } from './pixels.ts';
import { createPixels, pixelsFrom, toBytes } from './pixels.ts';
import type { Kernel } from './resample.ts';
import { resize, resizeAdjoint } from './resample.ts';
import { fromBytes, maxDifference, noise, ramps } from './testing/pictures.ts';
import { crop } from './tiles.ts';

const KERNELS: readonly Kernel[] = ['lanczos', 'cubic', 'linear', 'area'];

const SIZES = [
  [37, 23, 26, 16], // shrinking by 1.4
  [37, 23, 52, 33], // enlarging by 1.4
  [37, 23, 5, 60], // one each
  [37, 23, 37, 11], // one side kept
  [37, 23, 37, 23], // both kept
  [300, 2, 7, 1],
  [1, 1, 9, 4],
  [2, 3, 1, 1],
  [64, 64, 63, 65],
] as const;

const CASES = KERNELS.flatMap((kernel) => SIZES.map((size) => [kernel, ...size] as const));

function dot(a: Pixels, b: Pixels): number {
  return a.data.reduce((sum, value, i) => sum + value * (b.data[i] ?? NaN), 0);
}

describe.each(CASES)('%s %i×%i → %i×%i', (kernel, width, height, toWidth, toHeight) => {
  it('keeps a constant picture constant', () => {
    const { data } = resize(createPixels(width, height, [0.2, 0.5, 0.9]), toWidth, toHeight, kernel);
    expect(maxDifference(data, createPixels(toWidth, toHeight, [0.2, 0.5, 0.9]).data)).toBeLessThan(1e-6);
  });

  it('has an exact adjoint', () => {
    const x = noise(width, height);
    const y = noise(toWidth, toHeight, 5);
    const forward = dot(resize(x, toWidth, toHeight, kernel), y);
    const backward = dot(x, resizeAdjoint(y, width, height, kernel));
    expect(Math.abs(forward - backward)).toBeLessThan(1e-6 * Math.max(1, Math.abs(forward)));
  });
});

it.each(KERNELS)('%s gives the same bits twice, and a copy at the same size', (kernel) => {
  const x = noise(31, 17);
  expect(resize(x, 22, 24, kernel)).toEqual(resize(x, 22, 24, kernel));
  expect(resize(x, 31, 17, kernel)).toEqual(x);
  expect(resize(x, 31, 17, kernel).data).not.toBe(x.data);
});

// What Pillow 12 gives for a 32-bit float row (Image.LANCZOS, BICUBIC, BILINEAR), whose conventions ours are.
const ROW = [0.1, 0.9, 0.3, 0.7, 0.2, 0.8, 0, 1];
const PILLOW: [Kernel, number[]][] = [
  ['lanczos', [0.423533, 0.596172, 0.460425, 0.41082, 0.593367]],
  [
    'lanczos',
    [
      0.023917, 0.619898, 0.805759, 0.294252, 0.65386, 0.422826, 0.301568, 0.806808, 0.138962, 0.342093,
      1.096316,
    ],
  ],
  ['cubic', [0.426275, 0.561036, 0.45492, 0.45236, 0.592359]],
  [
    'cubic',
    [
      0.055118, 0.608041, 0.778118, 0.298361, 0.650202, 0.4375, 0.289665, 0.800634, 0.169741, 0.361546,
      1.056102,
    ],
  ],
  ['linear', [0.427273, 0.52963, 0.458333, 0.481482, 0.590909]],
  ['linear', [0.1, 0.572727, 0.709091, 0.318182, 0.609091, 0.45, 0.336364, 0.772727, 0.254545, 0.409091, 1]],
];

describe.each(PILLOW)('%s agrees with Pillow', (kernel, expected) => {
  it(`for ${expected.length} samples, in both directions`, () => {
    const across = resize(
      pixelsFrom(8, 1, Float32Array.from([...ROW, ...ROW, ...ROW])),
      expected.length,
      1,
      kernel,
    );
    const down = resize(
      pixelsFrom(1, 8, Float32Array.from([...ROW, ...ROW, ...ROW])),
      1,
      expected.length,
      kernel,
    );
    expect(maxDifference(across.data, [...expected, ...expected, ...expected])).toBeLessThan(1e-6);
    expect(down.data).toEqual(across.data);
  });
});

it.each([
  ['mean of blocks', [1, 3, 5, 7], 2, [2, 6]],
  ['split samples', [1, 3, 5], 2, [(1 + 0.5 * 3) / 1.5, (0.5 * 3 + 5) / 1.5]],
  ['repetition', [1, 3], 4, [1, 1, 3, 3]],
  ['one sample', [2], 3, [2, 2, 2]],
])('area: %s', (_, row, width, expected) => {
  const { data } = resize(
    pixelsFrom(row.length, 1, Float32Array.from([...row, ...row, ...row])),
    width,
    1,
    'area',
  );
  expect(maxDifference(data, [...expected, ...expected, ...expected])).toBeLessThan(1e-6);
});

// libvips differs at the border, which it extends, and rounds to 8 bits on the way: the inside is compared, to 2 levels.
it.each([
  ['lanczos', 'lanczos3', 143, 101],
  ['cubic', 'cubic', 143, 101],
  ['lanczos', 'lanczos3', 100, 71],
] as const)(
  '%s agrees with libvips away from the border, %s to %i×%i',
  async (kernel, theirs, width, height) => {
    const pixels = ramps(200, 142);
    const { data, info } = await sharp(toBytes(pixels), { raw: { width: 200, height: 142, channels: 3 } })
      .resize(width, height, { kernel: theirs, fit: 'fill' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const inside = (of: Pixels): Pixels => crop(of, 8, 8, width - 16, height - 16);
    const expected = inside(fromBytes(data, info.width, info.height));
    expect(maxDifference(inside(resize(pixels, width, height, kernel)).data, expected.data)).toBeLessThan(
      2 / 255,
    );
  },
);

it.each([
  [0, 5],
  [5, -1],
  [2.5, 5],
])('refuses to resize to %d×%d', (width, height) => {
  expect(() => resize(noise(4, 4), width, height)).toThrow(RangeError);
});
