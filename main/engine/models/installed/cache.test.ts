/** Which networks stay loaded. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeTinyModel } from '../../testing/tiny-model.ts';
import { ModelCache } from './cache.ts';

const folder = await mkdtemp(join(tmpdir(), 'reverie-cache-'));
afterAll(() => rm(folder, { recursive: true }));
const paths = ['a', 'b', 'c'].map((name) => join(folder, `${name}.onnx`));
const [a = '', b = '', c = ''] = paths;
for (const path of paths) writeTinyModel(path);
/** A tiny network has 666 weights of four bytes. */
const TINY = 4 * 666;

it('keeps the networks used last as long as they fit', async () => {
  const cache = new ModelCache(2 * TINY);
  const first = await cache.load(a);
  expect(4 * first.parameters).toBe(TINY);
  const second = await cache.load(b);
  expect(await cache.load(a)).toBe(first);
  expect(await cache.load(b)).toBe(second);
  await cache.load(a);
  await cache.load(c);
  expect(await cache.load(a)).toBe(first);
  expect(await cache.load(b)).not.toBe(second);
});

it('always keeps the newest, however large', async () => {
  const cache = new ModelCache(0);
  const first = await cache.load(a);
  expect(await cache.load(a)).toBe(first);
  await cache.load(b);
  expect(await cache.load(a)).not.toBe(first);
});

it('loads a network anew when its card changes, and once for two who ask at the same time', async () => {
  const cache = new ModelCache();
  const [one, two] = await Promise.all([cache.load(a), cache.load(a)]);
  expect(one).toBe(two);
  writeTinyModel(a, { title: 'Another title' });
  const changed = await cache.load(a);
  expect(changed).not.toBe(one);
  expect(changed.card.title).toBe('Another title');
});

it('does not keep a failure', async () => {
  const cache = new ModelCache();
  const late = join(folder, 'late.onnx');
  await expect(cache.load(late)).rejects.toMatchObject({ code: 'model/missing' });
  writeTinyModel(late);
  expect((await cache.load(late)).name).toBe('late');
});
