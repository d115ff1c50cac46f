import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorData } from '../../../shared/errors.ts';
import { checkWritable, decodeImage, encodeJpeg, encodePng, saveImage } from './codec.ts';
import { writeAtomically } from '../../files/whole-file.ts';
import { createPixels, toBytes } from './pixels.ts';
import { maxDifference, meanDifference, noise, ramps } from './testing/pictures.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-save-'));
});
afterEach(async () => {
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true });
});

async function codeOf(action: Promise<unknown>): Promise<string> {
  const error = await action.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  const { code, message } = errorData(error);
  expect(message).toMatch(/^[^\n]+\.$/);
  return code;
}

describe('encodePng', () => {
  const pixels = noise(40, 30);

  it('writes the bytes of toBytes, and the same file twice', async () => {
    const png = await encodePng(pixels, { recipe: { seed: 1 }, text: { Software: 'Reverie' } });
    expect(await sharp(png).raw().toBuffer()).toEqual(Buffer.from(toBytes(pixels)));
    expect(await encodePng(pixels, { recipe: { seed: 1 }, text: { Software: 'Reverie' } })).toEqual(png);
  });

  it('keeps 16 bits, to a half of one of their steps', async () => {
    const { pixels: back, source } = await decodeImage(await encodePng(pixels, { depth: 16 }));
    expect(source.depth).toBe(16);
    expect(maxDifference(back.data, pixels.data)).toBeLessThan(0.51 / 65535);
  });

  it('stores texts', async () => {
    const png = await encodePng(pixels, { text: { Software: 'Reverie', Comment: 'grün 夢' } });
    expect((await sharp(png).metadata()).comments).toEqual([
      { keyword: 'Software', text: 'Reverie' },
      { keyword: 'Comment', text: 'grün 夢' },
    ]);
  });
});

describe('encodeJpeg', () => {
  it('follows its quality, and is reproducible', async () => {
    const pixels = noise(64, 64);
    const sizes = await Promise.all(
      [10, 50, 90].map(async (quality) => (await encodeJpeg(pixels, { quality })).length),
    );
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(await encodeJpeg(pixels)).toEqual(await encodeJpeg(pixels));
  });
});

describe('saveImage', () => {
  it('writes nothing once its job is cancelled, and reads nothing', async () => {
    const path = join(folder, 'cancelled.png');
    const controller = new AbortController();
    const saved = saveImage(noise(600, 600), path, { signal: controller.signal });
    controller.abort();
    expect(await codeOf(saved)).toBe('job/cancelled');
    expect(await readdir(folder)).toEqual([]);
    await saveImage(noise(30, 30), path);
    expect(await codeOf(decodeImage(path, { signal: controller.signal }))).toBe('job/cancelled');
  });

  it.each([
    ['.png', 'png', 0.26],
    ['.PNG', 'png', 0.26],
    ['.jpg', 'jpeg', 2],
    ['.jpeg', 'jpeg', 2],
    ['.webp', 'webp', 2],
    ['.tif', 'tiff', 0.26],
    ['.tiff', 'tiff', 0.26],
    ['.avif', 'avif', 2],
  ])('%s', async (extension, format, levels) => {
    const path = join(folder, `träum 1${extension}`);
    const pixels = ramps(64, 48);
    await saveImage(pixels, path);
    const decoded = await decodeImage(path);
    expect(decoded.source.format).toBe(format);
    // Rounding alone errs by a quarter of a level on average.
    expect(meanDifference(decoded.pixels.data, pixels.data)).toBeLessThan(levels / 255);
    expect(await readdir(folder)).toEqual([`träum 1${extension}`]);
  });

  it.each(['.png', '.tif'])('%s at 16 bits', async (extension) => {
    const path = join(folder, `deep${extension}`);
    await saveImage(noise(9, 7), path, { depth: 16 });
    expect(maxDifference((await decodeImage(path)).pixels.data, noise(9, 7).data)).toBeLessThan(0.51 / 65535);
  });

  it('keeps the recipe in a PNG', async () => {
    await saveImage(noise(4, 4), join(folder, 'a.png'), { recipe: { seed: 5 } });
    expect((await decodeImage(join(folder, 'a.png'))).recipe).toEqual({ seed: 5 });
  });

  it('replaces an earlier picture, which is then read', async () => {
    const path = join(folder, 'a.png');
    for (const value of [0.2, 0.6]) {
      await saveImage(createPixels(4, 4, value), path);
      expect((await decodeImage(path)).pixels.data[0]).toBeCloseTo(value, 6);
    }
  });
});

describe('an unusable output', () => {
  const pixels = createPixels(4, 4);

  it.each(['out', 'out.', 'out.bmp', 'out.gif', 'out.constructor', '.png'])(
    '%s has a wrong extension',
    async (name) => {
      const path = join(folder, name);
      expect(await codeOf(saveImage(pixels, path))).toBe('usage/option');
      expect(await codeOf(checkWritable(path))).toBe('usage/option');
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it.each([
    ['below a missing folder', async (): Promise<string> => Promise.resolve(join(folder, 'none', 'a.png'))],
    [
      'a folder',
      async (): Promise<string> => {
        await mkdir(join(folder, 'folder.png'));
        return join(folder, 'folder.png');
      },
    ],
    [
      'below a file',
      async (): Promise<string> => {
        await writeFile(join(folder, 'file'), '');
        return join(folder, 'file', 'a.png');
      },
    ],
    ['a name too long', async (): Promise<string> => Promise.resolve(join(folder, `${'x'.repeat(300)}.png`))],
  ])('%s', async (_, place) => {
    const path = await place();
    const before = await readdir(folder);
    expect(await codeOf(checkWritable(path))).toBe('output/unwritable');
    expect(await codeOf(saveImage(pixels, path))).toBe('output/unwritable');
    expect(await readdir(folder)).toEqual(before);
  });

  // The superuser may write anywhere, and Windows has no such mode.
  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('a read-only folder', async () => {
    await chmod(folder, 0o500);
    expect(await codeOf(checkWritable(join(folder, 'a.png')))).toBe('output/unwritable');
    expect(await codeOf(saveImage(pixels, join(folder, 'a.png')))).toBe('output/unwritable');
  });

  it('too large for its format', async () => {
    const path = join(folder, 'wide.webp');
    expect(await codeOf(saveImage(createPixels(16_384, 1), path))).toBe('image/size');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('files', () => {
  it('checkWritable leaves nothing behind and nothing changed', async () => {
    await checkWritable(join(folder, 'new.png'));
    expect(await readdir(folder)).toEqual([]);
    await writeFile(join(folder, 'old.png'), 'old');
    await checkWritable(join(folder, 'old.png'));
    expect(await readdir(folder)).toEqual(['old.png']);
    expect(await readFile(join(folder, 'old.png'), 'utf8')).toBe('old');
  });

  it.skipIf(process.platform === 'win32')('a link stays a link', async () => {
    await writeFile(join(folder, 'file'), 'old');
    await symlink(join(folder, 'file'), join(folder, 'link'));
    await writeAtomically(join(folder, 'link'), Buffer.from('new'));
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('new');
  });
});
