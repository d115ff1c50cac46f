import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DetailsCache } from './picture-details.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-details-'));
  path = join(folder, 'pictures.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const state = { added: 5, bytes: 100 };
const details = { width: 4, height: 3, made: true, method: 'dream', sha256: 'ab' } as const;
const kept = { 'a.png': { ...state, ...details }, 'b.png': { ...state, ...details, width: '4' } };

it.each([
  ['the first format', kept],
  ['the present one', { format: 2, pictures: kept }],
])('details of %s are remembered, one by one as far as they can be used', async (_what, stored) => {
  await writeFile(path, JSON.stringify(stored));
  const cache = await DetailsCache.open(path);
  expect(cache.get('a.png', state)).toMatchObject(details);
  expect(cache.get('b.png', state)).toBeUndefined();
  await cache.save();
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
    format: 2,
    pictures: { 'a.png': { ...state, ...details } },
  });
});

it('details of a later format are not used', async () => {
  await writeFile(path, JSON.stringify({ format: 3, pictures: kept }));
  expect((await DetailsCache.open(path)).get('a.png', state)).toBeUndefined();
});
