/** That libvips is used rightly: as sharp's own add-on uses it, many pictures at a time, and with all given back. */
import { load, pointer, proto } from 'koffi';
import type { Sharp } from 'sharp';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { convertImage, decodeImage, encodeJpeg, encodePng } from './codec.ts';
import { libraryPath } from './libvips.ts';
import { toBytes, toWords } from './pixels.ts';
import { fromBytes, noise, ramps } from './testing/pictures.ts';
import { Vips } from './vips.ts';

const WIDTH = 61;
const HEIGHT = 47;
const PICTURE = ramps(WIDTH, HEIGHT);
const RAW = { raw: { width: WIDTH, height: HEIGHT, channels: 3 } } as const;
const picture = (): Sharp => sharp(toBytes(PICTURE), RAW);
const deepPicture = (): Sharp => sharp(toWords(PICTURE), RAW).toColourspace('rgb16');

// What decodes to the same pixels on every system must do so by every way to the library.
describe('the same samples as by sharp', () => {
  it.each<[string, () => Sharp]>([
    ['a JPEG', () => picture().jpeg({ quality: 70 })],
    ['a progressive JPEG of P3', () => picture().withIccProfile('p3').jpeg({ progressive: true })],
    ['a grey JPEG', () => picture().greyscale().jpeg()],
    ['a CMYK JPEG', () => picture().toColourspace('cmyk').jpeg()],
    ['a turned JPEG', () => picture().withMetadata({ orientation: 5 }).jpeg()],
    ['a PNG with alpha', () => picture().ensureAlpha(0.3).png()],
    ['a palette PNG', () => picture().png({ palette: true })],
    ['a 16-bit PNG', () => deepPicture().png()],
    ['a 16-bit PNG of P3', () => deepPicture().withIccProfile('p3').png()],
    ['a 16-bit grey TIFF', () => deepPicture().toColourspace('grey16').tiff({ compression: 'lzw' })],
    ['a WebP', () => picture().webp()],
    ['an AVIF', () => picture().avif()],
    ['a 10-bit AVIF', () => picture().avif({ bitdepth: 10 })],
    ['a GIF', () => picture().gif()],
  ])('of %s', async (_, make) => {
    const bytes = await make().toBuffer();
    const { pixels, source } = await decodeImage(bytes);
    const deep = source.space === 'rgb16' || source.space === 'grey16';
    let image = sharp(bytes, { failOn: 'error' }).autoOrient();
    if (source.space === 'rgb16' && source.hasProfile) image = image.withIccProfile('srgb');
    image = image.toColourspace(deep ? 'rgb16' : 'srgb').raw({ depth: deep ? 'ushort' : 'uchar' });
    const { data, info } = await image.toBuffer({ resolveWithObject: true });
    const samples = deep ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
    expect(pixels).toEqual(fromBytes(samples, info.width, info.height, info.channels));
  });
});

it('writes the files that sharp writes', async () => {
  const png = { compressionLevel: 6, adaptiveFiltering: false };
  expect(await encodePng(PICTURE)).toEqual(new Uint8Array(await picture().png(png).toBuffer()));
  expect(await encodePng(PICTURE, { depth: 16 })).toEqual(
    new Uint8Array(await deepPicture().png(png).toBuffer()),
  );
  const jpeg = await picture().jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toBuffer();
  expect(await encodeJpeg(PICTURE)).toEqual(new Uint8Array(jpeg));
  const source = await encodePng(PICTURE);
  const webp = await picture().webp({ quality: 90 }).toBuffer();
  expect(await convertImage(source, 'webp')).toEqual(new Uint8Array(webp));
  const avif = await picture().avif({ quality: 70 }).toBuffer();
  expect(await convertImage(source, 'avif')).toEqual(new Uint8Array(avif));
});

describe('many at a time', () => {
  it('get their own samples, and failures their own', async () => {
    const files = await Promise.all(
      Array.from({ length: 24 }, async (_, seed) => {
        const pixels = noise(20 + seed, 30, seed + 1);
        const png = await encodePng(pixels);
        return { pixels, bytes: seed % 3 === 2 ? png.subarray(0, png.length / 2) : png };
      }),
    );
    const decoded = await Promise.allSettled(files.map(({ bytes }) => decodeImage(bytes)));
    decoded.forEach((outcome, seed) => {
      expect(outcome.status).toBe(seed % 3 === 2 ? 'rejected' : 'fulfilled');
      if (outcome.status !== 'fulfilled') return;
      expect(toBytes(outcome.value.pixels)).toEqual(toBytes(files[seed]?.pixels ?? PICTURE));
    });
  });
});

describe('what it was given', () => {
  let objects: () => number;

  beforeAll(async () => {
    // It shares the library with us, and lets go of what it keeps of earlier tests whenever there is more.
    sharp.cache(false);
    await encodePng(PICTURE);
    const lib = load(libraryPath());
    const visit = pointer(proto('void *Visit(void *object, void *a, void *b)'));
    const map = lib.func('vips_object_map', 'void *', [visit, 'void *', 'void *']);
    objects = () => {
      let count = 0;
      map(
        () => {
          count++;
          return null;
        },
        null,
        null,
      );
      return count;
    };
  });

  it('libvips gets back, after success and after failure', async () => {
    const before = objects();
    const png = await encodePng(PICTURE, { depth: 16 });
    const jpeg = await picture().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    for (const bytes of [png, jpeg, jpeg.subarray(0, jpeg.length / 2), Buffer.from('no picture')]) {
      await decodeImage(bytes, { maxSide: 20 }).catch(() => undefined);
      await decodeImage(bytes).catch(() => undefined);
      await convertImage(bytes, 'webp').catch(() => undefined);
    }
    expect(objects()).toBe(before);
  });

  it('is held while it is worked on', async () => {
    await Vips.use(async (vips) => {
      const before = objects();
      const image = await vips.fromSamples(toBytes(PICTURE), PICTURE);
      expect(objects()).toBeGreaterThan(before);
      await expect(vips.run('colourspace', image, { space: 'nowhere' })).rejects.toThrow(/nowhere/);
      await expect(vips.run('no_such_operation', image)).rejects.toThrow(/no_such_operation/);
      await expect(vips.run('copy', image, { no_such_option: 1 })).rejects.toThrow(/no_such_option/);
    });
  });
});
