import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelSummary, Recognition } from '../../../shared/contract/models.ts';
import { NO_CHANGES } from '../../../shared/contract/network-card.ts';
import { ReverieError } from '../../../shared/errors.ts';
import type { Changes, Imported, Picture } from '../../../shared/studio/gallery.ts';
import { freeName, stemForResults, tidyName } from './file-names.ts';
import { greyPng, temporaryStudio, type TemporaryStudio } from '../testing/temporary-studio.ts';

let t: TemporaryStudio;
beforeEach(async () => {
  t = await temporaryStudio();
});
afterEach(() => t.close());

const gallery = (...path: string[]): string => join(t.home, 'gallery', ...path);
const offerFile = async (name: string, bytes: Uint8Array | string): Promise<string> => {
  const folder = join(t.home, 'given');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), bytes);
  return t.studio.offers.add({ path: join(folder, name), name, temporary: false });
};
const take = (...offers: string[]): Promise<readonly Imported[]> => t.studio.service.importFiles({ offers });
async function list(): Promise<readonly Picture[]> {
  for await (const { changed } of t.studio.service.pictures()) return changed;
  return [];
}

describe('importing', () => {
  it('keeps the original bytes, once', async () => {
    const bytes = await greyPng(40);
    const [one] = await take(await offerFile('Ein Bild.PNG', bytes));
    expect(one).toMatchObject({
      kind: 'picture',
      picture: { id: 'Ein Bild.png', width: 4, height: 4, made: false },
    });
    expect(await readFile(gallery('Ein Bild.png'))).toEqual(Buffer.from(bytes));
    const [again] = await take(await offerFile('copy.png', bytes));
    expect(again).toMatchObject({ kind: 'picture', name: 'copy.png', picture: { id: 'Ein Bild.png' } });
    expect(await readdir(gallery())).toEqual(['Ein Bild.png']);
  });

  it('takes fifty files at once, and refuses one by one', async () => {
    const offers = [];
    for (let index = 0; index < 50; index++) {
      const bad = index % 10 === 3;
      offers.push(await offerFile(`p${index}.png`, bad ? 'no picture' : await greyPng(index)));
    }
    const imported = await take(...offers);
    expect(imported.map(({ kind }) => kind)).toEqual(
      offers.map((_, index) => (index % 10 === 3 ? 'refused' : 'picture')),
    );
    expect(imported[3]).toMatchObject({
      error: {
        code: 'image/unreadable',
        message: expect.stringMatching(/^"p3\.png" cannot be opened/) as string,
      },
    });
    expect(await list()).toHaveLength(45);
  });

  it('opens folders, and says when there is nothing in them', async () => {
    const folder = join(t.home, 'given', 'holiday');
    await mkdir(join(folder, 'day 2', '.hidden'), { recursive: true });
    await mkdir(join(folder, 'empty'));
    await writeFile(join(folder, 'b10.png'), await greyPng(1));
    await writeFile(join(folder, 'b9.png'), await greyPng(2));
    await writeFile(join(folder, 'notes.txt'), 'text');
    await writeFile(join(folder, 'day 2', 'c.png'), await greyPng(3));
    await writeFile(join(folder, 'day 2', '.hidden', 'd.png'), await greyPng(4));
    const offer = (name: string, path: string) => t.studio.offers.add({ path, name, temporary: false });
    const imported = await take(offer('holiday', folder), offer('empty', join(folder, 'empty')));
    expect(imported.map(({ name, kind }) => [name, kind])).toEqual([
      ['b9.png', 'picture'],
      ['b10.png', 'picture'],
      ['c.png', 'picture'],
      ['empty', 'refused'],
    ]);
  });

  it('uses an offer once, and knows no others', async () => {
    const offer = await offerFile('a.png', await greyPng(5));
    await take(offer);
    expect(await take(offer, '../../etc/passwd')).toMatchObject([{ kind: 'refused' }, { kind: 'refused' }]);
  });

  it('gives files of one name different ones, whatever their case', async () => {
    await take(await offerFile('a.png', await greyPng(6)));
    await take(await offerFile('A.PNG', await greyPng(7)));
    expect((await readdir(gallery())).sort()).toEqual(['A 2.png', 'a.png']);
  });
});

describe('the list', () => {
  it('tells what comes and goes', async () => {
    const changes = t.studio.service.pictures()[Symbol.asyncIterator]();
    const next = async (): Promise<Changes<Picture>> => {
      const { done, value } = await changes.next();
      if (done === true) throw new Error('ended');
      return value;
    };
    expect(await next()).toEqual({ changed: [], removed: [] });
    await take(await offerFile('a.png', await greyPng(8)));
    expect(await next()).toMatchObject({ changed: [{ id: 'a.png' }], removed: [] });
    await t.studio.service.removePictures({ pictures: ['a.png'] });
    expect(await next()).toEqual({ changed: [], removed: ['a.png'] });
    const [trashed] = await readdir(join(t.home, 'trash'));
    expect(trashed).toMatch(/^\d{4}-.* a\.png$/);
    expect(existsSync(join(t.home, 'cache', 'thumbnails', 'a.png.jpg'))).toBe(false);
  });

  it('is that of the folder, where people may work themselves', async () => {
    await take(await offerFile('a.png', await greyPng(9)));
    await rm(gallery('a.png'));
    await writeFile(gallery('b.png'), await greyPng(10));
    await writeFile(gallery('broken.png'), 'no picture');
    await writeFile(gallery('.hidden.png'), '');
    await writeFile(gallery('notes.txt'), '');
    await mkdir(gallery('folder.png'));
    await list();
    await t.studio.gallery.settle();
    expect(await list()).toMatchObject([
      { id: 'b.png', width: 4, made: false },
      { id: 'broken.png', width: null },
    ]);
  });

  it('opens at once with a thousand pictures, from what it remembers', async () => {
    const bytes = await greyPng(11);
    for (let index = 0; index < 1000; index++) await writeFile(gallery(`p${index}.png`), bytes);
    await t.reopen();
    await t.studio.gallery.settle();
    await t.reopen();
    const began = performance.now();
    const pictures = await list();
    expect(pictures).toHaveLength(1000);
    expect(pictures.every(({ width }) => width === 4)).toBe(true);
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('survives a damaged list', async () => {
    await take(await offerFile('a.png', await greyPng(12)));
    await writeFile(join(t.home, 'cache', 'pictures.json'), '{"a.png": {"width": "x"}, "b');
    await t.reopen();
    await t.studio.gallery.settle();
    expect(await list()).toMatchObject([{ id: 'a.png', width: 4 }]);
  });
});

describe('thumbnails', () => {
  it('are made once, and anew when the picture changes', async () => {
    await take(await offerFile('a.png', await greyPng(13)));
    const small = await t.studio.gallery.thumbnail('a.png');
    const before = (await stat(small)).mtimeMs;
    await t.studio.gallery.thumbnail('a.png');
    expect((await stat(small)).mtimeMs).toBe(before);
    const later = new Date(Date.now() + 5000);
    await writeFile(gallery('a.png'), await greyPng(200));
    await utimes(gallery('a.png'), later, later);
    const first = await readFile(small);
    await Promise.all([t.studio.gallery.thumbnail('a.png'), t.studio.gallery.thumbnail('a.png')]);
    expect(await readFile(small)).not.toEqual(first);
  });

  it('are made anew when a picture takes its place that is older', async () => {
    await take(await offerFile('a.png', await greyPng(13)));
    const first = await readFile(await t.studio.gallery.thumbnail('a.png'));
    const earlier = new Date(Date.now() - 1e9);
    await writeFile(gallery('a.png'), await greyPng(200));
    await utimes(gallery('a.png'), earlier, earlier);
    const second = await readFile(await t.studio.gallery.thumbnail('a.png'));
    expect(second).not.toEqual(first);
    expect(await readFile(await t.studio.gallery.thumbnail('a.png'))).toEqual(second);
  });

  it.each([81, 82, 83])('and results have room beside a name of %d Chinese characters', async (length) => {
    const name = `${'猫'.repeat(length)}.png`;
    await take(await offerFile(name, await greyPng(13)));
    const [picture] = await list();
    const made = join(t.home, 'made.png');
    await writeFile(made, await greyPng(90));
    const adopted = await t.studio.gallery.adopt(made, `${stemForResults(picture?.id ?? '')}-attackSet.png`);
    expect(adopted.id).toMatch(/^猫+-attackSet\.png$/);
  });

  it.each(['../settings.json', '..', '', 'none.png', '__proto__', 'toString'])(
    'of %j do not exist',
    async (id) => {
      await expect(t.studio.gallery.thumbnail(id)).rejects.toMatchObject({ code: 'image/missing' });
    },
  );
});

describe('names', () => {
  it.each([
    ['Katze im Schnee.JPG', 'Katze im Schnee', '.jpg'],
    ['../../etc/passwd', '-..-etc-passwd', ''],
    ['a\\b:c*.png', 'a-b-c-', '.png'],
    ['.hidden.png', 'hidden', '.png'],
    ['con.png', 'picture', '.png'],
    ['...', 'picture', '.'],
    ['\u0000\n.gif', '--', '.gif'],
    ['é.png'.normalize('NFD'), 'é'.normalize('NFC'), '.png'],
    [`${'x'.repeat(300)}.png`, 'x'.repeat(120), '.png'],
  ])('%j becomes %j', (given, stem, extension) => {
    expect(tidyName(given)).toEqual({ stem, extension });
  });

  it('are numbered when they are taken', () => {
    const taken = new Set(['a.png', 'a 2.png']);
    expect(freeName('A', '.png', (name) => taken.has(name))).toBe('A 3.png');
  });
});

const net: ModelSummary = {
  id: 'net',
  title: 'Net',
  short: 'Net',
  format: 'onnx',
  bytes: 7,
  default: false,
  shipped: false,
};
const recognised: Recognition = {
  family: null,
  certainty: 'unsure',
  why: 'Nothing is known of it.',
  input: {
    name: 'x',
    channels: 3,
    width: 224,
    height: 224,
    free: true,
    layout: 'NCHW',
    order: 'rgb',
    mean: [0],
    scale: [1],
  },
  classes: null,
  labels: null,
  dreamLayers: [],
};

describe('networks', () => {
  beforeEach(() => {
    const folder = join(t.home, 'models');
    t.engine.importModel = async ({ file, companions }) => {
      const bytes = await readFile(file.path, 'utf8');
      if (!bytes.startsWith('network')) throw new ReverieError('model/unreadable', 'This is no network.');
      for (const { path, name } of [file, ...(companions ?? [])]) await copyFile(path, join(folder, name));
      t.engine.models.push(net);
      return { model: net, recognised };
    };
    t.engine.filesOfModel = async ({ model }) => {
      if (model === 'dreamnet') throw new ReverieError('model/shipped', 'It stays.');
      return { paths: (await readdir(folder)).map((name) => join(folder, name)) };
    };
    t.engine.editModel = ({ changes }) => {
      const changed = { ...net, title: changes.name ?? net.title };
      t.engine.models = t.engine.models.map((model) => (model.id === net.id ? changed : model));
      return Promise.resolve(changed);
    };
  });

  it('are installed with their card once the engine can read them, and removed to the trash', async () => {
    const imported = await take(await offerFile('net.json', '{}'), await offerFile('net.onnx', 'network'));
    expect(imported).toMatchObject([
      { kind: 'model', name: 'net.onnx', model: { id: 'net', shipped: false }, recognised },
    ]);
    expect((await readdir(join(t.home, 'models'))).sort()).toEqual(['net.json', 'net.onnx']);
    await t.studio.service.changeSettings({ model: 'net' });
    for await (const { changed } of t.studio.service.models()) {
      expect(changed.map((model) => [model.id, model.default])).toEqual([
        ['dreamnet', false],
        ['net', true],
      ]);
      break;
    }
    await expect(t.studio.service.removeModel({ model: 'dreamnet' })).rejects.toMatchObject({
      code: 'model/shipped',
    });
    const labelsOffer = await offerFile('names.txt', 'cat');
    const edited = { model: 'net', changes: { ...NO_CHANGES, name: 'My net' }, labelsOffer };
    expect(await t.studio.service.editModel(edited)).toMatchObject({ id: 'net', title: 'My net' });
    await expect(t.studio.service.editModel(edited)).rejects.toMatchObject({ code: 'image/missing' });
    await t.studio.service.removeModel({ model: 'net' });
    expect(await readdir(join(t.home, 'models'))).toEqual([]);
    expect(await readdir(join(t.home, 'trash'))).toHaveLength(2);
    expect(await t.studio.service.changeSettings({})).toMatchObject({ model: null });
  });

  it('that the engine refuses leave nothing behind', async () => {
    const imported = await take(await offerFile('net.onnx', 'rubbish'), await offerFile('alone.json', '{}'));
    expect(imported).toMatchObject([
      { kind: 'refused', name: 'net.onnx', error: { code: 'model/unreadable' } },
      { kind: 'refused', name: 'alone.json', error: { code: 'image/unreadable' } },
    ]);
    expect(await readdir(join(t.home, 'models'))).toEqual([]);
  });
});

describe('settings', () => {
  it('are kept, told and checked', async () => {
    await t.studio.service.changeSettings({ theme: 'light', previewSide: 512 });
    await t.reopen();
    for await (const settings of t.studio.service.settings()) {
      expect(settings).toMatchObject({ theme: 'light', previewSide: 512, keepRuns: 50 });
      break;
    }
    await expect(t.studio.service.changeSettings({ model: 'none' })).rejects.toMatchObject({
      code: 'model/missing',
    });
    await expect(t.studio.service.changeSettings({ previewSide: 1 })).rejects.toMatchObject({
      code: 'usage/option',
    });
  });

  it('that are damaged fall back one by one', async () => {
    await writeFile(join(t.home, 'settings.json'), '{"theme": "light", "previewSide": -1, "unknown": 1}');
    await t.reopen();
    for await (const settings of t.studio.service.settings()) {
      expect(settings).toMatchObject({ theme: 'light', previewSide: 768 });
      break;
    }
  });
});
