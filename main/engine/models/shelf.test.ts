/** Which networks stay loaded. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeTinyModel } from '../testing/tiny-model.ts';
import { Shelf } from './shelf.ts';

const folder = await mkdtemp(join(tmpdir(), 'reverie-shelf-'));
afterAll(() => rm(folder, { recursive: true }));
const paths = ['a', 'b', 'c'].map((name) => join(folder, `${name}.onnx`));
const [a = '', b = '', c = ''] = paths;
for (const path of paths) writeTinyModel(path);
/** A tiny network has 666 weights of four bytes. */
const TINY = 4 * 666;

it('keeps the networks used last as long as they fit', async () => {
  const shelf = new Shelf(2 * TINY);
  const first = await shelf.load(a);
  expect(4 * first.parameters).toBe(TINY);
  const second = await shelf.load(b);
  expect(await shelf.load(a)).toBe(first);
  expect(await shelf.load(b)).toBe(second);
  await shelf.load(a);
  await shelf.load(c);
  expect(await shelf.load(a)).toBe(first);
  expect(await shelf.load(b)).not.toBe(second);
});

it('always keeps the newest, however large', async () => {
  const shelf = new Shelf(0);
  const first = await shelf.load(a);
  expect(await shelf.load(a)).toBe(first);
  await shelf.load(b);
  expect(await shelf.load(a)).not.toBe(first);
});

it('loads a network anew when its card changes, and once for two who ask at the same time', async () => {
  const shelf = new Shelf();
  const [one, two] = await Promise.all([shelf.load(a), shelf.load(a)]);
  expect(one).toBe(two);
  writeTinyModel(a, { title: 'Another title' });
  const changed = await shelf.load(a);
  expect(changed).not.toBe(one);
  expect(changed.card.title).toBe('Another title');
});

it('does not keep a failure', async () => {
  const shelf = new Shelf();
  const late = join(folder, 'late.onnx');
  await expect(shelf.load(late)).rejects.toMatchObject({ code: 'model/missing' });
  writeTinyModel(late);
  expect((await shelf.load(late)).name).toBe('late');
});
