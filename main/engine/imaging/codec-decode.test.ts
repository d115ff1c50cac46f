import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sharp } from 'sharp';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorData } from '../../../shared/errors.ts';
import { describeWithShared, sharedFile } from '../testing/shared-folder.ts';
import { decodeImage, encodeJpeg, encodePng, thumbnail } from './codec.ts';
import type { Pixels } from './pixels.ts';
import { createPixels, toBytes, toWords } from './pixels.ts';
import { chunkBytes } from './png-chunks.ts';
import { resize } from './resample.ts';
import type { ImageSource } from './source.ts';
import { fromBytes, maxDifference, meanDifference, noise, ramps } from './testing/pictures.ts';

type Channels = 1 | 2 | 3 | 4;

const WIDTH = 48;
const HEIGHT = 35;
const PICTURE = ramps(WIDTH, HEIGHT);

/** `PICTURE` as interleaved samples of 1–4 channels: grey is its red plane, alpha its blue one. */
function samples(channels: Channels, depth: 8 | 16): Uint8Array | Uint16Array {
  const rgb = depth === 16 ? toWords(PICTURE) : toBytes(PICTURE);
  const pick = { 1: [0], 2: [0, 2], 3: [0, 1, 2], 4: [0, 1, 2, 2] }[channels];
  const values = Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
    pick.map((c) => rgb[3 * i + c] ?? 0),
  ).flat();
  return depth === 16 ? Uint16Array.from(values) : Uint8Array.from(values);
}

function image(channels: Channels = 3, depth: 8 | 16 = 8): Sharp {
  const raw = sharp(samples(channels, depth), { raw: { width: WIDTH, height: HEIGHT, channels } });
  if (depth === 8) return channels < 3 ? raw.toColourspace('b-w') : raw;
  return raw.toColourspace(channels < 3 ? 'grey16' : 'rgb16');
}

// Format, how it is made, channels, bits of the samples, what the file is then known as.
type Row = [string, (picture: Sharp) => Sharp, Channels, 8 | 16, Partial<ImageSource>];

const EXACT: Row[] = [
  ...([1, 2, 3, 4] as const).flatMap((channels): Row[] => [
    ['PNG', (s) => s.png(), channels, 8, { format: 'png', channels, depth: 8 }],
    ['interlaced PNG', (s) => s.png({ progressive: true }), channels, 8, { format: 'png', channels }],
    ['16-bit PNG', (s) => s.png(), channels, 16, { format: 'png', channels, depth: 16 }],
    ['TIFF', (s) => s.tiff({ compression: 'none' }), channels, 8, { format: 'tiff', channels, depth: 8 }],
    ['LZW TIFF', (s) => s.tiff({ compression: 'lzw' }), channels, 8, { format: 'tiff', channels }],
    [
      '16-bit TIFF',
      (s) => s.tiff({ compression: 'deflate' }),
      channels,
      16,
      { format: 'tiff', channels, depth: 16 },
    ],
  ]),
  ['lossless WebP', (s) => s.webp({ lossless: true, exact: true }), 3, 8, { format: 'webp', channels: 3 }],
  ['lossless WebP', (s) => s.webp({ lossless: true, exact: true }), 4, 8, { format: 'webp', hasAlpha: true }],
  ['lossless AVIF', (s) => s.avif({ lossless: true }), 3, 8, { format: 'avif', channels: 3 }],
  ['lossless AVIF', (s) => s.avif({ lossless: true }), 4, 8, { format: 'avif', hasAlpha: true }],
];

// These err on the whole by less than four levels of 255; the palettes err most.
const LOSSY: Row[] = [
  ['WebP', (s) => s.webp({ quality: 95 }), 3, 8, { format: 'webp', hasAlpha: false }],
  ['10-bit AVIF', (s) => s.avif({ quality: 95, bitdepth: 10 }), 3, 8, { format: 'avif', depth: 16 }],
  ['palette PNG', (s) => s.png({ palette: true, dither: 0 }), 3, 8, { format: 'png' }],
  ['GIF', (s) => s.gif({ dither: 0 }), 3, 8, { format: 'gif' }],
  ['grey JPEG', (s) => s.jpeg({ quality: 100 }), 1, 8, { format: 'jpeg', channels: 1, space: 'b-w' }],
  [
    'JPEG',
    (s) => s.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }),
    3,
    8,
    { format: 'jpeg', channels: 3 },
  ],
  ['JPEG, 4:2:0', (s) => s.jpeg({ quality: 95, chromaSubsampling: '4:2:0' }), 3, 8, { format: 'jpeg' }],
  ['progressive JPEG', (s) => s.jpeg({ quality: 100, progressive: true }), 3, 8, { format: 'jpeg' }],
];

describe('decodes', () => {
  it.each(EXACT)(
    '%s, made by %s, of %i channels at %i bits, exactly',
    async (_, make, channels, depth, source) => {
      const decoded = await decodeImage(await make(image(channels, depth)).toBuffer());
      expect(decoded.source).toMatchObject({ width: WIDTH, height: HEIGHT, orientation: 1, ...source });
      expect(decoded.pixels).toEqual(fromBytes(samples(channels, depth), WIDTH, HEIGHT, channels));
      expect(decoded).not.toHaveProperty('recipe');
    },
  );

  it.each(LOSSY)(
    '%s, made by %s, of %i channels at %i bits, closely',
    async (_, make, channels, depth, source) => {
      const decoded = await decodeImage(await make(image(channels, depth)).toBuffer());
      expect(decoded.source).toMatchObject({ width: WIDTH, height: HEIGHT, orientation: 1, ...source });
      const expected = fromBytes(samples(channels, depth), WIDTH, HEIGHT, channels);
      expect(meanDifference(decoded.pixels.data, expected.data)).toBeLessThan(4 / 255);
    },
  );

  it.each([
    [1, 1],
    [30_000, 10],
    [10, 30_000],
  ])('a picture of %i×%i', async (width, height) => {
    const pixels = ramps(width, height);
    const decoded = await decodeImage(await encodePng(pixels));
    expect(decoded.pixels.width).toBe(width);
    expect(maxDifference(toBytes(decoded.pixels), toBytes(pixels))).toBe(0);
  });

  it.each(['gif', 'webp'] as const)('the first frame of an animated %s', async (format) => {
    const frames = Buffer.concat([toBytes(createPixels(8, 6, 0.2)), toBytes(createPixels(8, 6, 0.8))]);
    const bytes = await sharp(frames, { raw: { width: 8, height: 12, channels: 3, pageHeight: 6 } })
      .toFormat(format, { lossless: true })
      .toBuffer();
    expect((await sharp(bytes).metadata()).pages).toBe(2);
    const { pixels } = await decodeImage(bytes);
    expect(maxDifference(pixels.data, createPixels(8, 6, 0.2).data)).toBeLessThan(1e-6);
  });

  it('bilevel TIFF', async () => {
    const checks = Uint8Array.from({ length: 64 }, (_, i) => (((i % 8) + (i >> 3)) % 2 ? 255 : 0));
    const bytes = await sharp(checks, { raw: { width: 8, height: 8, channels: 1 } })
      .toColourspace('b-w')
      .tiff({ bitdepth: 1 })
      .toBuffer();
    expect((await decodeImage(bytes)).pixels).toEqual(fromBytes(checks, 8, 8, 1));
  });
});

// Where the pixel (x, y) of the upright picture lies in the stored one of W×H (EXIF 2.32, tag 274).
const ORIENTATIONS: [number, (x: number, y: number, w: number, h: number) => readonly [number, number]][] = [
  [1, (x, y) => [x, y]],
  [2, (x, y, w) => [w - 1 - x, y]],
  [3, (x, y, w, h) => [w - 1 - x, h - 1 - y]],
  [4, (x, y, _, h) => [x, h - 1 - y]],
  [5, (x, y) => [y, x]],
  [6, (x, y, _, h) => [y, h - 1 - x]],
  [7, (x, y, w, h) => [w - 1 - y, h - 1 - x]],
  [8, (x, y, w) => [w - 1 - y, x]],
];

describe.each(ORIENTATIONS)('EXIF orientation %i', (orientation, stored) => {
  const turned = orientation > 4;
  const upright = createPixels(turned ? HEIGHT : WIDTH, turned ? WIDTH : HEIGHT);
  for (let y = 0; y < upright.height; y++) {
    for (let x = 0; x < upright.width; x++) {
      const [u, v] = stored(x, y, WIDTH, HEIGHT);
      for (let c = 0; c < 3; c++) {
        const to = (c * upright.height + y) * upright.width + x;
        upright.data[to] = PICTURE.data[(c * HEIGHT + v) * WIDTH + u] ?? NaN;
      }
    }
  }

  it.each([
    ['PNG', 0.5, (s: Sharp) => s.png()],
    ['JPEG', 4, (s: Sharp) => s.jpeg({ quality: 100, chromaSubsampling: '4:4:4' })],
    ['TIFF', 0.5, (s: Sharp) => s.tiff({ compression: 'lzw' })],
    ['WebP', 0.5, (s: Sharp) => s.webp({ lossless: true })],
  ] as const)('%s is turned upright', async (_, levels, make) => {
    const bytes = await make(image()).withMetadata({ orientation }).toBuffer();
    const { pixels, source } = await decodeImage(bytes);
    expect(source).toMatchObject({ width: WIDTH, height: HEIGHT, orientation });
    expect([pixels.width, pixels.height]).toEqual([upright.width, upright.height]);
    expect(maxDifference(pixels.data, upright.data)).toBeLessThan((levels + 0.01) / 255);
  });

  it('16-bit PNG is turned upright', async () => {
    // TIFF header, one entry: tag 274, SHORT, one value.
    const exif = Buffer.from('II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0?\0\0\0\0\0\0\0', 'latin1');
    exif[18] = orientation;
    const png = await encodePng(PICTURE, { depth: 16 });
    const tagged = Buffer.concat([png.subarray(0, 33), chunkBytes('eXIf', exif), png.subarray(33)]);
    const { pixels, source } = await decodeImage(tagged);
    expect(source).toMatchObject({ width: WIDTH, height: HEIGHT, depth: 16, orientation });
    expect(toWords(pixels)).toEqual(toWords(upright));
  });
});

describe('refuses, in one sentence,', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reverie-decode-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function failure(
    input: string | Uint8Array,
    maxPixels?: number,
  ): Promise<{ code: string; message: string }> {
    const options = maxPixels === undefined ? {} : { maxPixels };
    const error = await decodeImage(input, options).then(
      () => new Error('it was decoded'),
      (reason: unknown) => reason,
    );
    const { code, message } = errorData(error);
    expect(message).toMatch(/^[^\n]+\.$/);
    return { code, message };
  }

  /** What a file of this name and content is refused for; the sentence must name it. */
  async function failureOf(name: string, bytes: Uint8Array): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, bytes);
    const { code, message } = await failure(path);
    expect(message).toContain(path);
    return code;
  }

  it('what is not there', async () => {
    for (const path of ['none.png', 'no folder/none.png']) {
      const { code, message } = await failure(join(folder, path));
      expect([code, message.includes(path)]).toEqual(['image/missing', true]);
    }
    await writeFile(join(folder, 'file'), '');
    expect((await failure(join(folder, 'file', 'below.png'))).code).toBe('image/missing');
  });

  it('a folder', async () => {
    expect((await failure(folder)).code).toBe('image/unreadable');
  });

  it.each([
    ['nothing.png', ''],
    ['text.png', 'this is a text, whatever it is called\n'],
    [
      'drawing.svg',
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
    ],
    ['document.pdf', '%PDF-1.4\n%âãÏÓ\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n'],
    ['table.csv', '1,2,3\n4,5,6\n'],
  ])('%s', async (name, text) => {
    expect(await failureOf(name, Buffer.from(text))).toBe('image/unreadable');
  });

  it('random bytes', async () => {
    expect(await failureOf('random.jpg', toBytes(noise(64, 64)))).toBe('image/unreadable');
  });

  it('random bytes after a JPEG signature', async () => {
    const bytes = Buffer.concat([Uint8Array.of(0xff, 0xd8, 0xff), toBytes(noise(64, 64))]);
    expect(await failureOf('damaged.jpg', bytes)).toBe('image/unreadable');
  });

  it.each(['jpeg', 'png', 'webp', 'tiff', 'avif', 'gif'] as const)('a %s that ends early', async (format) => {
    const bytes = await image().toFormat(format).toBuffer();
    for (const share of [0.02, 0.5, 0.9]) {
      const part = bytes.subarray(0, Math.ceil(bytes.length * share));
      expect(await failureOf(`part.${format}`, part)).toBe('image/unreadable');
    }
  });

  it.each([
    ['a photo', {}],
    ['a progressive one', { progressive: true }],
    ['one with restart markers', { optimiseScans: false, trellisQuantisation: false }],
  ])('but not %s that lacks its end marker alone', async (_, options) => {
    const bytes = await image().jpeg(options).toBuffer();
    const whole = await decodeImage(bytes);
    for (const cut of [1, 2]) {
      const opened = await decodeImage(bytes.subarray(0, bytes.length - cut));
      expect(opened.pixels.data).toEqual(whole.pixels.data);
      expect([whole.source.lacksEnd, opened.source.lacksEnd]).toEqual([false, true]);
    }
    // What is missing before it is missed, and what stands behind it is not.
    expect(await failureOf('cut.jpg', bytes.subarray(0, bytes.length - 40))).toBe('image/unreadable');
    const longer = await decodeImage(Buffer.concat([bytes, Buffer.from('and some more')]));
    expect(longer.source.lacksEnd).toBe(false);
  });

  it('a HEIC photo, by its kind', async () => {
    // The first box of a photo from a phone, and no more: its name is enough.
    const path = join(folder, 'photo.heic');
    await writeFile(path, Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'));
    const { code, message } = await failure(path);
    expect([code, message.includes('HEIC')]).toEqual(['image/unreadable', true]);
  });

  it('too many pixels, from the header alone', async () => {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(60_000, 0);
    header.writeUInt32BE(60_000, 4);
    header.set([8, 2, 0, 0, 0], 8);
    const png = await encodePng(createPixels(1, 1));
    const huge = Buffer.concat([png.subarray(0, 8), chunkBytes('IHDR', header), png.subarray(33)]);
    expect(await failureOf('huge.png', huge)).toBe('image/size');
    expect((await failure(await encodePng(createPixels(11, 10)), 109)).code).toBe('image/size');
    expect((await decodeImage(await encodePng(createPixels(11, 10)), { maxPixels: 110 })).pixels.width).toBe(
      11,
    );
  });
});

describe('a recipe', () => {
  it('comes with the picture', async () => {
    const bytes = await encodePng(PICTURE, { recipe: { seed: 7 } });
    expect((await decodeImage(bytes)).recipe).toEqual({ seed: 7 });
  });

  it('that is damaged does not keep the picture from opening', async () => {
    const bytes = await encodePng(PICTURE, { recipe: { seed: 7 } });
    const at = Buffer.from(bytes).indexOf('{"seed":7}');
    bytes[at] = 0x5b;
    const decoded = await decodeImage(bytes);
    expect(decoded.pixels.width).toBe(WIDTH);
    expect(decoded.recipeError?.code).toBe('recipe/invalid');
    expect(decoded).not.toHaveProperty('recipe');
  });
});

describe('thumbnail', () => {
  it.each([
    [400, 300, 100, 100, 75],
    [300, 400, 100, 75, 100],
    [40, 30, 100, 40, 30],
    [1000, 2, 100, 100, 1],
  ])('of %i×%i in %i is %i×%i', async (width, height, side, toWidth, toHeight) => {
    const pixels = ramps(width, height);
    for (const bytes of [await encodePng(pixels), await encodeJpeg(pixels)]) {
      const small: Pixels = await thumbnail(bytes, side);
      expect([small.width, small.height]).toEqual([toWidth, toHeight]);
    }
  });

  it('looks like the picture', async () => {
    const small = await thumbnail(await encodePng(ramps(400, 300)), 100);
    const mean = (pixels: Pixels): number => pixels.data.reduce((sum, v) => sum + v, 0) / pixels.data.length;
    const expected = resize(ramps(400, 300), 100, 75);
    expect(mean(small)).toBeCloseTo(mean(expected), 2);
    expect(maxDifference(small.data, expected.data)).toBeLessThan(0.1);
  });
});

describeWithShared('the photos beside the repository', () => {
  it('all open', async () => {
    const folder = sharedFile('images');
    const names = (await readdir(folder)).filter((name) => /\.jpe?g$/i.test(name));
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      const { pixels } = await decodeImage(join(folder, name));
      const spread = pixels.data.reduce((most, v) => Math.max(most, v), 0);
      expect([name, pixels.width >= 64, spread > 0.5]).toEqual([name, true, true]);
    }
  });
});
