/** Colour management: embedded profiles, CMYK, and what 16 bits keep. */
import { deflateSync } from 'node:zlib';
import type { Sharp } from 'sharp';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, encodePng } from './codec.ts';
import type { Pixels } from './pixels.ts';
import { createPixels, toBytes } from './pixels.ts';
import { chunkBytes } from './png-chunks.ts';
import type { Space } from './testing/pictures.ts';
import { iccProfile, maxDifference, noise, ramps, toSrgb } from './testing/pictures.ts';

const ADOBE_RGB: Space = {
  primaries: [
    [0.60974, 0.31111, 0.01947],
    [0.20528, 0.62567, 0.06087],
    [0.14919, 0.06322, 0.74457],
  ],
  gamma: 563 / 256,
};

/** The primaries of Display P3 at gamma 1.8, to differ from sRGB in both. */
const P3_18: Space = {
  primaries: [
    [0.51512, 0.2412, -0.00105],
    [0.29198, 0.69225, 0.04189],
    [0.1571, 0.06657, 0.78407],
  ],
  gamma: 1.8,
};

// Inside the gamut of sRGB, so that nothing is clipped.
const COLOURS = [
  [0.5, 0.5, 0.5],
  [0.7, 0.4, 0.3],
  [0.45, 0.6, 0.5],
  [0.4, 0.35, 0.75],
  [0.9, 0.85, 0.6],
  [0.1, 0.12, 0.15],
] as const;

/** A PNG with an iCCP chunk after its header. */
function tagPng(png: Uint8Array, profile: Uint8Array): Uint8Array {
  const data = Buffer.concat([Buffer.from('test\0\0', 'latin1'), deflateSync(profile)]);
  return Buffer.concat([png.subarray(0, 33), chunkBytes('iCCP', data), png.subarray(33)]);
}

/** A JPEG with an APP2 segment after its start. */
function tagJpeg(jpeg: Uint8Array, profile: Uint8Array): Uint8Array {
  const head = Buffer.from('\xff\xe2\0\0ICC_PROFILE\0\x01\x01', 'latin1');
  head.writeUInt16BE(head.length - 2 + profile.length, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, profile, jpeg.subarray(2)]);
}

function jpegOf(pixels: Pixels): Promise<Buffer> {
  const { width, height } = pixels;
  return sharp(toBytes(pixels), { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

describe.each([
  ['Adobe RGB', ADOBE_RGB],
  ['P3, gamma 1.8', P3_18],
])('a profile of %s', (_, space) => {
  describe.each(COLOURS)('(%d, %d, %d)', (r, g, b) => {
    const stored = createPixels(8, 8, [r, g, b]);
    const expected = createPixels(8, 8, toSrgb(space, [r, g, b]));

    it.each([
      ['8-bit PNG', 2, async () => tagPng(await encodePng(stored), iccProfile(space))],
      ['16-bit PNG', 0.4, async () => tagPng(await encodePng(stored, { depth: 16 }), iccProfile(space))],
      ['JPEG', 3, async () => tagJpeg(await jpegOf(stored), iccProfile(space))],
    ] as const)('%s is converted to sRGB, to %d levels', async (_name, levels, make) => {
      const { pixels, source } = await decodeImage(await make());
      expect(source.hasProfile).toBe(true);
      expect(maxDifference(pixels.data, expected.data)).toBeLessThan(levels / 255);
    });
  });
});

it('16 bits stay 16 bits through a profile', async () => {
  const { pixels } = await decodeImage(
    tagPng(await encodePng(noise(64, 64), { depth: 16 }), iccProfile(P3_18)),
  );
  expect(new Set(pixels.data).size).toBeGreaterThan(8000);
});

it('an sRGB profile changes no sample', async () => {
  const bytes = toBytes(noise(64, 64));
  const tagged = await sharp(bytes, { raw: { width: 64, height: 64, channels: 3 } })
    .withIccProfile('srgb')
    .png()
    .toBuffer();
  const { pixels, source } = await decodeImage(tagged);
  expect(source.hasProfile).toBe(true);
  expect(toBytes(pixels)).toEqual(bytes);
});

it('a damaged profile is ignored', async () => {
  const bytes = tagPng(await encodePng(createPixels(8, 8, 0.4)), iccProfile(ADOBE_RGB).subarray(0, 150));
  const { pixels } = await decodeImage(bytes);
  expect(maxDifference(pixels.data, createPixels(8, 8, 0.4).data)).toBeLessThan(1e-6);
});

describe('CMYK', () => {
  const pixels = ramps(32, 24);
  const image = (): Sharp =>
    sharp(toBytes(pixels), { raw: { width: 32, height: 24, channels: 3 } }).toColourspace('cmyk');

  it.each([
    ['JPEG', () => image().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer()],
    ['TIFF', () => image().tiff({ compression: 'lzw' }).toBuffer()],
  ] as const)('%s comes back near the colours it was made from', async (_, make) => {
    const decoded = await decodeImage(await make());
    expect(decoded.source).toMatchObject({ space: 'cmyk', channels: 4, hasAlpha: false });
    const { data } = decoded.pixels;
    const mean = data.reduce((sum, v, i) => sum + Math.abs(v - (pixels.data[i] ?? NaN)), 0) / data.length;
    expect(mean).toBeLessThan(0.05);
  });

  it('stored as YCCK is another picture of the same samples', async () => {
    const jpeg = await image().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
    const marker = jpeg.indexOf('Adobe');
    expect(marker).toBeGreaterThan(0);
    // The last byte of the Adobe segment: 0 is CMYK, 2 is YCCK.
    const ycck = Buffer.from(jpeg);
    ycck[marker + 11] = 2;
    const before = await decodeImage(jpeg);
    const after = await decodeImage(ycck);
    expect(after.source.space).toBe('cmyk');
    expect(maxDifference(before.pixels.data, after.pixels.data)).toBeGreaterThan(0.2);
  });
});
