/** Files in other formats, without their samples coming to JavaScript. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { errorData } from '../../../shared/errors.ts';
import { pictureFormats, writtenFormats, type WrittenFormat } from '../../../shared/picture-formats.ts';
import { convertImage, decodeImage, encodeJpeg, encodePng } from './codec.ts';
import { createPixels, toBytes, toWords } from './pixels.ts';
import { fromBytes, maxDifference, meanDifference, noise, ramps } from './testing/pictures.ts';

const PICTURE = ramps(48, 35);
const RAW = { raw: { width: 48, height: 35, channels: 3 } } as const;

async function refusal(action: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await action.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  const { code, message } = errorData(error);
  return { code, message };
}

describe.each(writtenFormats)('to %s', (format) => {
  it('is the file that the pixels are saved as', async () => {
    const { pixels, source } = await decodeImage(await convertImage(await encodePng(PICTURE), format));
    expect(source).toMatchObject({ format, width: 48, height: 35, hasProfile: false, orientation: 1 });
    const levels = pictureFormats[format].writing === 'exact' ? 0.51 : 4;
    expect(meanDifference(pixels.data, PICTURE.data)).toBeLessThan(levels / 255);
  });

  it('shows white where the picture is transparent', async () => {
    const samples = Buffer.from(toBytes(createPixels(16, 16, [0.2, 0.4, 0.6]), { alpha: true }));
    for (let i = 3; i < samples.length; i += 4) samples[i] = 51;
    const clear = await sharp(samples, { raw: { width: 16, height: 16, channels: 4 } })
      .png()
      .toBuffer();
    const { pixels, source } = await decodeImage(await convertImage(clear, format));
    expect(source.hasAlpha).toBe(false);
    expect(meanDifference(pixels.data, fromBytes(samples, 16, 16, 4).data)).toBeLessThan(3 / 255);
  });

  it('is upright, in sRGB and small when asked for', async () => {
    const turned = await sharp(toBytes(PICTURE), RAW)
      .withIccProfile('p3')
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100 })
      .toBuffer();
    const { pixels, source } = await decodeImage(await convertImage(turned, format, { maxSide: 24 }));
    expect(source).toMatchObject({ format, width: 18, height: 24, orientation: 1, hasProfile: false });
    const whole = await decodeImage(turned, { maxSide: 24 });
    expect(meanDifference(pixels.data, whole.pixels.data)).toBeLessThan(4 / 255);
  });

  it('is refused when the file is damaged, and takes a name of the file for it', async () => {
    const jpeg = await encodeJpeg(noise(64, 64));
    const half = await refusal(convertImage(jpeg.subarray(0, jpeg.length / 2), format));
    expect(half).toMatchObject({ code: 'image/unreadable' });
    expect(half.message).toMatch(/ends early \([^\n]+\)\.$/);
    expect(await refusal(convertImage('/no/such.png', format))).toEqual({
      code: 'image/missing',
      message: 'There is no picture at "/no/such.png".',
    });
  });
});

describe('16 bits', () => {
  const deep = noise(40, 30);

  it.each(['png', 'tiff'] as const)('stay in %s', async (format) => {
    const { pixels, source } = await decodeImage(
      await convertImage(await encodePng(deep, { depth: 16 }), format),
    );
    expect(source.depth).toBe(16);
    expect(toWords(pixels)).toEqual(toWords(deep));
  });

  it('become the nearest of 8 elsewhere', async () => {
    // Levels of 255 and what lies around them, which rounding down would lower.
    const words = Uint16Array.from({ length: 3 * 256 }, (_, i) => {
      const level = Math.floor(i / 3);
      return Math.min(Math.max(level * 257 + (level % 2 === 0 ? -100 : 100), 0), 65535);
    });
    const png = await encodePng(fromBytes(words, 256, 1), { depth: 16 });
    const expected = fromBytes(
      words.map((word) => Math.round(word / 257) * 257),
      256,
      1,
    );
    const { pixels } = await decodeImage(await convertImage(png, 'jpeg', { quality: 100 }));
    expect(meanDifference(pixels.data, expected.data)).toBeLessThan(0.2 / 255);
  });
});

describe('a recipe', () => {
  it('stays in a PNG, and is left by the others', async () => {
    const png = await encodePng(PICTURE, { recipe: { seed: 7 } });
    const kept = await decodeImage(await convertImage(png, 'png'));
    expect(kept.recipe).toEqual({ seed: 7 });
    expect(maxDifference(kept.pixels.data, (await decodeImage(png)).pixels.data)).toBe(0);
    expect(await decodeImage(await convertImage(png, 'tiff'))).not.toHaveProperty('recipe');
  });
});

it('quality is followed', async () => {
  const png = await encodePng(noise(64, 64));
  for (const format of ['jpeg', 'webp', 'avif'] as const) {
    const sizes = await Promise.all(
      [10, 50, 90].map(async (quality) => (await convertImage(png, format, { quality })).length),
    );
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  }
});

it.each([
  ['webp', 16_384],
  ['avif', 16_385],
  ['jpeg', 65_536],
] as [WrittenFormat, number][])('a picture too large for %s is not called damaged', async (format, width) => {
  const { code, message } = await refusal(convertImage(await encodePng(createPixels(width, 1)), format));
  expect(code).toBe('image/size');
  expect(message).toContain(`${width}×1 pixels`);
  expect(message).toContain(pictureFormats[format].label);
});
