import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readWindowState } from './window-state.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-window-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };
const usual = { bounds: { width: 1440, height: 900 }, maximised: false };
const kept = { x: 10, y: 20, width: 1200, height: 800 };

it.each([
  ['where it was', { bounds: kept, maximised: true }, { bounds: kept, maximised: true }],
  ['not beyond every screen', { bounds: { ...kept, x: 9000 } }, usual],
  ['not above the upper edge, where nobody can take hold of it', { bounds: { ...kept, y: -200 } }, usual],
  [
    'not smaller than it can be',
    { bounds: { ...kept, width: 300, height: 200 } },
    { bounds: { ...kept, width: 1024, height: 700 }, maximised: false },
  ],
  ['in its usual place where the file is damaged', { bounds: { x: 'left' } }, usual],
])('a window opens %s', async (_, stored, expected) => {
  const path = join(folder, 'window.json');
  await writeFile(path, JSON.stringify(stored));
  expect(await readWindowState(path, screen as never)).toEqual(expected);
});

it('a window opens in its usual place where a later version wrote another, which is kept', async () => {
  const path = join(folder, 'window.json');
  const later = JSON.stringify({ format: 2, bounds: kept });
  await writeFile(path, later);
  expect(await readWindowState(path, screen as never)).toEqual(usual);
  expect(await readFile(`${path}.unreadable`, 'utf8')).toBe(later);
});

it('a window opens in its usual place the first time', async () => {
  expect(await readWindowState(join(folder, 'none.json'), screen as never)).toEqual(usual);
});

it.each([
  [
    { width: 1280, height: 760 },
    { width: 1280, height: 760 },
  ],
  [
    { width: 800, height: 600 },
    { width: 1024, height: 700 },
  ],
])('a window opens the first time no larger than a screen of %j, but never too small', async (area, size) => {
  const small = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, ...area } }] };
  const { bounds } = await readWindowState(join(folder, 'none.json'), small as never);
  expect(bounds).toEqual(size);
});
