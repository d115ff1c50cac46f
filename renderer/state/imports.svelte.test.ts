import { describe, expect, it } from 'vitest';
import { ReverieError } from '../../shared/errors.ts';
import type { Imported } from '../../shared/studio/gallery.ts';
import type { Studio } from '../../shared/studio/contract.ts';
import { pictureOf } from '../testing/items.ts';
import { batchesOf, Imports } from './imports.svelte.ts';

const fileOf = (name: string): File => new File(['x'], name);

/** Takes every file but those whose name says otherwise, and counts how many are under way at once. */
function host() {
  const calls = { underWay: 0, most: 0, requests: [] as (readonly string[])[] };
  const studio: Pick<Studio, 'importFiles'> = {
    importFiles({ offers }) {
      calls.requests.push(offers);
      const imported = offers.map((name): Imported =>
        name.startsWith('odd')
          ? {
              kind: 'refused',
              name,
              error: { code: 'image/unreadable', message: `"${name}" is no picture.` },
            }
          : { kind: 'picture', name, picture: pictureOf({ id: name }) },
      );
      return Promise.resolve(imported);
    },
  };
  const offer = async ({ name }: File): Promise<string> => {
    calls.most = Math.max(calls.most, ++calls.underWay);
    await new Promise((resolve) => setTimeout(resolve, 1));
    calls.underWay -= 1;
    if (name.startsWith('huge')) throw new ReverieError('upload/size', `"${name}" is too large.`);
    return name;
  };
  return { host: { offer, studio }, calls };
}

describe('imports', () => {
  it('takes fifty files, a few at a time, and loses none', async () => {
    const { host: to, calls } = host();
    const imports = new Imports(to);
    const files = Array.from({ length: 50 }, (_, index) => fileOf(`picture ${index}.jpg`));
    const imported = await imports.add(files);
    expect(imported.map(({ name }) => name)).toEqual(files.map(({ name }) => name));
    expect(calls.most).toBe(3);
    expect(imports.finished).toBe(50);
    expect(imports.busy).toBe(false);
  });

  it('says of each refused file why, and takes the others', async () => {
    const imports = new Imports(host().host);
    const imported = await imports.add(['a.jpg', 'odd.txt.jpg', 'huge.png', 'b.jpg'].map(fileOf));
    expect(imported.filter(({ kind }) => kind === 'picture').map(({ name }) => name)).toEqual([
      'a.jpg',
      'b.jpg',
    ]);
    expect(imports.refused.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'huge.png', reason: '"huge.png" is too large.' },
      { name: 'odd.txt.jpg', reason: '"odd.txt.jpg" is no picture.' },
    ]);
  });

  it('counts files that come while others are under way', async () => {
    const imports = new Imports(host().host);
    const first = imports.add([fileOf('a.jpg'), fileOf('b.jpg')]);
    const second = imports.add([fileOf('c.jpg')]);
    expect(imports.total).toBe(3);
    await Promise.all([first, second]);
    expect(imports.finished).toBe(3);
  });

  it.each([
    [
      ['cat.jpg', 'net.onnx', 'dog.PNG', 'net.json', 'weights.bin'],
      [['cat.jpg'], ['dog.PNG'], ['net.onnx', 'net.json', 'weights.bin']],
    ],
    [
      ['holiday', 'net.caffemodel', 'deploy.prototxt'],
      [['holiday'], ['net.caffemodel', 'deploy.prototxt']],
    ],
    [
      ['cat.jpg', 'notes.txt'],
      [['cat.jpg'], ['notes.txt']],
    ],
    [['inception5h.zip'], [['inception5h.zip']]],
  ])('keeps what belongs to a network with it: %j', (given, batches) => {
    expect(batchesOf(given.map(fileOf)).map((batch) => batch.map(({ name }) => name))).toEqual(batches);
  });
});
