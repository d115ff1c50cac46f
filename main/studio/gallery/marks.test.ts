import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Picture } from '../../../shared/studio/gallery.ts';
import { orderFor, temporaryStudio, type TemporaryStudio } from '../testing/temporary-studio.ts';

let t: TemporaryStudio;
beforeEach(async () => {
  t = await temporaryStudio();
});
afterEach(() => t.close());

const file = (): string => join(t.home, 'gallery', 'marks.json');
const written = async (): Promise<unknown> => JSON.parse(await readFile(file(), 'utf8'));
const list = async (): Promise<readonly Picture[]> => {
  for await (const { changed } of t.studio.service.pictures()) return changed;
  return [];
};
const marks = async () => (await list()).map(({ id, stars, label }) => [id, stars, label]);

describe('stars and labels', () => {
  it('lie beside the pictures, as far as there are any, and are there again', async () => {
    for (const name of ['a.png', 'b.png']) await t.picture(name);
    expect(existsSync(file())).toBe(false);
    await t.studio.service.markPictures({ pictures: ['a.png', 'b.png'], stars: 4 });
    await t.studio.service.markPictures({ pictures: ['a.png'], label: 'red' });
    await t.studio.service.markPictures({ pictures: ['b.png'], stars: 0 });
    expect(await written()).toEqual({ format: 1, pictures: { 'a.png': { stars: 4, label: 'red' } } });
    await t.reopen();
    expect(await marks()).toEqual([
      ['a.png', 4, 'red'],
      ['b.png', 0, null],
    ]);
  });

  it('survive a moved folder, and the picture is known without them', async () => {
    await t.picture('a.png');
    await t.studio.service.markPictures({ pictures: ['a.png'], stars: 2 });
    const folder = join(t.home, 'gallery');
    await rename(folder, join(t.home, 'elsewhere'));
    await mkdir(folder);
    await t.reopen();
    expect(await marks()).toEqual([]);
    await rm(folder, { recursive: true });
    await rename(join(t.home, 'elsewhere'), folder);
    await t.reopen();
    expect(await marks()).toEqual([['a.png', 2, null]]);
    await rm(file());
    await t.reopen();
    expect(await marks()).toEqual([['a.png', 0, null]]);
  });

  it('are used as far as they can be, and what another version says stays', async () => {
    await t.picture('a.png');
    const stored = {
      ...{ format: 1, albums: { best: ['a.png'] } },
      pictures: { 'a.png': { stars: 99, label: 'green', note: 'x' }, '../b.png': { stars: 1 }, 'c.png': 7 },
    };
    await writeFile(file(), JSON.stringify(stored));
    await t.reopen();
    expect(await marks()).toEqual([['a.png', 0, 'green']]);
    await t.studio.service.markPictures({ pictures: ['a.png'], stars: 1 });
    expect(await written()).toEqual({
      ...{ format: 1, albums: { best: ['a.png'] } },
      pictures: { 'a.png': { stars: 1, label: 'green', note: 'x' } },
    });
  });

  it('that cannot be read are kept, told, and cost no picture', async () => {
    await t.picture('a.png');
    await writeFile(file(), '{"pictures":');
    await t.reopen();
    expect(await marks()).toEqual([['a.png', 0, null]]);
    expect(t.studio.notes.join()).toMatch(/marks\.json" is damaged\. No picture has stars or labels\./);
    expect(await readFile(`${file()}.unreadable`, 'utf8')).toBe('{"pictures":');
  });

  it('go with the picture to the trash, and another one of its name has none', async () => {
    await t.picture('a.png');
    await t.studio.service.markPictures({ pictures: ['a.png'], stars: 3 });
    await t.studio.service.removePictures({ pictures: ['a.png'] });
    await t.picture('a.png');
    expect(await marks()).toEqual([['a.png', 0, null]]);
  });

  it('are not given to what is not there', async () => {
    const wrong = t.studio.service.markPictures({ pictures: ['nobody.png'], stars: 3 });
    await expect(wrong).rejects.toMatchObject({ code: 'image/missing' });
  });
});

describe('another name', () => {
  it('goes with the stars, the thumbnail and the jobs', async () => {
    await t.picture('a.png');
    const job = await t.studio.service.start(orderFor('a.png'));
    const done = await t.until(job.id, 'done');
    await t.studio.service.markPictures({ pictures: ['a.png'], stars: 3 });
    const renamed = await t.studio.service.renamePicture({ picture: 'a.png', name: 'A lake: at noon' });
    expect(renamed).toMatchObject({ id: 'A lake- at noon.png', stars: 3, width: 4 });
    await t.studio.service.renamePicture({ picture: done.result ?? '', name: 'dream' });
    expect(await t.job(job.id)).toMatchObject({
      order: { picture: 'A lake- at noon.png' },
      result: 'dream.png',
    });
    expect((await list()).map(({ id }) => id).sort()).toEqual(['A lake- at noon.png', 'dream.png']);
    await t.reopen();
    expect((await list()).find(({ id }) => id === renamed.id)).toMatchObject({ stars: 3 });
    expect(await t.job(job.id)).toMatchObject({ result: 'dream.png' });
  });

  it('is never that of another picture, and may differ by case alone', async () => {
    for (const name of ['a.png', 'b.png']) await t.picture(name);
    const { renamePicture } = t.studio.service;
    expect(await renamePicture({ picture: 'a.png', name: 'B' })).toMatchObject({ id: 'B 2.png' });
    expect(await renamePicture({ picture: 'B 2.png', name: 'b 2' })).toMatchObject({ id: 'b 2.png' });
    expect(await renamePicture({ picture: 'b.png', name: 'b' })).toMatchObject({ id: 'b.png' });
    expect((await list()).map(({ id }) => id).sort()).toEqual(['b 2.png', 'b.png']);
  });
});
