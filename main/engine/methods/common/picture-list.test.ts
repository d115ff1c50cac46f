import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listPictures } from './picture-list.ts';

let folder: string;
const paths = async (from: readonly string[], except: string | null = null): Promise<string[]> =>
  (await listPictures(from, except)).map(({ path }) => path);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-photos-'));
  await mkdir(join(folder, 'below'));
  for (const name of ['b.png', 'A.JPG', 'below/c.jfif', '.hidden.png', 'drawing.svg', 'old.bmp', 'notes.txt'])
    await writeFile(join(folder, name), '');
});
afterAll(() => rm(folder, { recursive: true }));

it('takes what can be decoded from a folder and those below, and leaves the rest', async () => {
  const names = ['A.JPG', 'b.png', join('below', 'c.jfif')];
  expect(await paths([folder])).toEqual(names.map((name) => join(folder, name)).sort());
});

it('takes a file that is named, whatever it is called, and each once', async () => {
  const named = join(folder, 'drawing.svg');
  expect(await paths([named, named])).toEqual([named]);
});

it('refuses what is not there, and a folder without a picture', async () => {
  for (const path of [join(folder, 'none'), join(folder, 'notes.txt', 'x')])
    await expect(listPictures([path])).rejects.toMatchObject({ code: 'image/missing' });
  await mkdir(join(folder, 'empty'));
  await expect(listPictures([join(folder, 'empty')])).rejects.toMatchObject({ code: 'image/missing' });
});

it('calls each by where it lies in its folder, and no two alike', async () => {
  const name = async (from: readonly string[]) => (await listPictures(from)).map((picture) => picture.name);
  expect(await name([folder])).toEqual(['A.JPG', 'b.png', 'below/c.jfif']);
  const twin = join(folder, 'twin', 'below');
  await mkdir(twin, { recursive: true });
  await writeFile(join(twin, 'c.jfif'), '');
  const folders = [join(folder, 'below'), twin];
  expect(await name(folders)).toEqual(['below/c.jfif', 'below/c (2).jfif']);
  expect(await paths([folder], join(folder, 'twin'))).toHaveLength(3);
});

it('follows links to pictures, and passes over those that lead nowhere', async () => {
  const links = join(folder, 'links');
  await mkdir(links);
  await symlink(join(folder, 'b.png'), join(links, 'b.png'));
  await symlink(join(folder, 'gone.png'), join(links, 'gone.png'));
  expect(await paths([links])).toEqual([join(links, 'b.png')]);
});
