/** Files as people have them, looked at in one go: each picture is seen like its plain twin, each other thing is told and passed over. */
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEngineService } from './service.ts';
import { exported, Home, SPOT } from './testing/export-cases.ts';

let home: Home;
let engine: ReturnType<typeof createEngineService>;
let model: string;
beforeAll(async () => {
  home = await Home.make();
  engine = createEngineService(home.path);
  model = await home.bring(engine, exported('plain'), { size: 32 });
});
afterAll(() => home.remove());

/** A PNG with one more chunk behind its header. */
function withChunk(png: Buffer, type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([png.subarray(0, 33), length, named, sum, png.subarray(33)]);
}

const gamma = (value: number): Buffer => {
  const content = Buffer.alloc(4);
  content.writeUInt32BE(value);
  return content;
};

const spot = () => sharp(SPOT);

const PICTURES: Record<string, () => Promise<Buffer>> = {
  'interlaced.png': () => spot().png({ progressive: true }).toBuffer(),
  'sixteen bits with alpha.png': () => spot().toColourspace('rgb16').ensureAlpha(1).png().toBuffer(),
  'of gamma 1÷2.2.png': async () => withChunk(await spot().png().toBuffer(), 'gAMA', gamma(45_455)),
  'pages.tiff': () => spot().tiff({ compression: 'lzw', predictor: 'horizontal' }).toBuffer(),
  'tiles.tiff': () => spot().tiff({ tile: true, pyramid: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
  'turned.tiff': () => spot().rotate(-90).withMetadata({ orientation: 6 }).tiff().toBuffer(),
  'wrong.jpg': () => spot().png().toBuffer(),
  'with words behind it.png': async () =>
    Buffer.concat([await spot().png().toBuffer(), Buffer.from('and a film', 'latin1')]),
  'LOUD.PNG': () => spot().png().toBuffer(),
  'no extension': () => spot().png().toBuffer(),
  '%41 percent.png': () => spot().png().toBuffer(),
  '😀 cat 🐈‍⬛.png': () => spot().png().toBuffer(),
  'قطة\u202egpj.png': () => spot().png().toBuffer(),
  [`quo'te".png`]: () => spot().png().toBuffer(),
  'Prefix\u0308.png': () => spot().png().toBuffer(),
};

it.runIf(process.platform !== 'win32')('a name of two lines is one picture', async () => {
  const [plain, path] = [join(home.path, 'line.png'), join(home.path, 'line\nbreak.png')];
  await writeFile(plain, await spot().png().toBuffer());
  await rename(plain, path);
  const { images } = await seen([path]);
  expect(images).toHaveLength(1);
});

const seen = (images: readonly string[]) =>
  engine.classify({
    ...{ model, runtime: 'auto', device: 'cpu', printed: false, straightened: null },
    ...{ images: [...images], settings: { top: 10 } },
  });

it('each picture is seen as its plain twin is, whatever its form and name', async () => {
  const paths: string[] = [];
  for (const [name, make] of Object.entries(PICTURES)) {
    // Windows forbids quotes in names.
    if (process.platform === 'win32' && name.includes('"')) continue;
    const path = join(home.path, name);
    await writeFile(path, await make());
    paths.push(path);
  }
  const { images, failed } = await seen([SPOT, ...paths]);
  expect(failed).toEqual([]);
  const [plain, ...others] = images;
  expect(others.map(({ path }) => path)).toEqual(paths);
  for (const { path, classes } of others) {
    const apart = classes.map(({ index, probability }) =>
      Math.abs(probability - (plain?.classes.find((twin) => twin.index === index)?.probability ?? 1)),
    );
    expect(Math.max(...apart), path).toBeLessThan(0.02);
  }
});

it('what is no picture is passed over by name, and the rest is seen', async () => {
  const at = (name: string): string => join(home.path, name);
  const jpeg = await spot().resize(400, 400).jpeg({ progressive: true }).toBuffer();
  await mkdir(at('folder.png'));
  // Windows lets nobody make links.
  if (process.platform !== 'win32') await symlink(at('nowhere.png'), at('dangling.png'));
  await writeFile(at('zero.png'), '');
  await writeFile(at('page.png'), '<!doctype html><title>404</title>');
  await writeFile(at('header.jpg'), jpeg.subarray(0, 20));
  await writeFile(at('film.png'), Buffer.concat([Buffer.alloc(4), Buffer.from('ftypisom', 'latin1')]));
  const broken = ['folder.png', 'dangling.png', 'zero.png', 'page.png', 'header.jpg', 'film.png'].map(at);
  const { images, failed } = await seen([broken[0] ?? '', SPOT, ...broken.slice(1)]);
  expect(images.map(({ path }) => path)).toEqual([SPOT]);
  expect(failed.map(({ path }) => path)).toEqual(broken);
  for (const { path, reason } of failed) {
    expect(reason).toContain(path);
    expect(reason).not.toContain('\n');
  }
});
