import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listPhotos } from './photos.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-photos-'));
  await mkdir(join(folder, 'below'));
  for (const name of ['b.png', 'A.JPG', 'below/c.jfif', '.hidden.png', 'drawing.svg', 'old.bmp', 'notes.txt'])
    await writeFile(join(folder, name), '');
});
afterAll(() => rm(folder, { recursive: true }));

it('takes what can be decoded from a folder and those below, and leaves the rest', async () => {
  const names = ['A.JPG', 'b.png', join('below', 'c.jfif')];
  expect(await listPhotos([folder])).toEqual(names.map((name) => join(folder, name)).sort());
});

it('takes a file that is named, whatever it is called, and each once', async () => {
  const named = join(folder, 'drawing.svg');
  expect(await listPhotos([named, named])).toEqual([named]);
});

it('refuses what is not there, and a folder without a picture', async () => {
  for (const path of [join(folder, 'none'), join(folder, 'notes.txt', 'x')])
    await expect(listPhotos([path])).rejects.toMatchObject({ code: 'image/missing' });
  await mkdir(join(folder, 'empty'));
  await expect(listPhotos([join(folder, 'empty')])).rejects.toMatchObject({ code: 'image/missing' });
});
