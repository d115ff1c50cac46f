import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultsOf } from '../../shared/recipes/fields.ts';
import { studioSettings } from '../../shared/studio/settings.ts';
import { SettingsStore } from './settings-store.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-settings-'));
  path = join(folder, 'settings.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const stored = async (): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));
const defaults = defaultsOf(studioSettings);

describe('settings', () => {
  it('are the defaults where there is no file, and are kept with the number of their format', async () => {
    const store = await SettingsStore.open(path);
    expect(store.current).toEqual(defaults);
    await store.change({ theme: 'light' });
    expect(await stored()).toEqual({ format: 1, ...defaults, theme: 'light' });
    expect(await SettingsStore.open(path)).toMatchObject({ current: { theme: 'light' }, notes: [] });
  });

  it.each([
    ['none', undefined, true, '0.1.0'],
    ['one of 0.1.0, which did not say so', '{"theme":"light"}', false, '0.1.0'],
    ['one of a later version', '{"seenVersion":"0.3.0"}', false, '0.3.0'],
    ['a damaged one', '{"seen', false, '0.1.0'],
  ])(
    'tell which version was seen last, and whether the program is new here: %s',
    async (_what, text, fresh, seenVersion) => {
      if (text !== undefined) await writeFile(path, text);
      expect(await SettingsStore.open(path)).toMatchObject({ fresh, current: { seenVersion } });
    },
  );

  it('of another version stay in the file', async () => {
    await writeFile(path, JSON.stringify({ keepRuns: 7, colourOfTheMoon: 'green' }));
    const store = await SettingsStore.open(path);
    expect(store).toMatchObject({ current: { ...defaults, keepRuns: 7 }, notes: [] });
    await store.change({ quiet: true });
    expect(await stored()).toMatchObject({ keepRuns: 7, quiet: true, colourOfTheMoon: 'green' });
  });

  it('that cannot be used have their defaults, one by one, and that is told', async () => {
    await writeFile(path, JSON.stringify({ keepRuns: 0, theme: 'light', previewSide: 'large' }));
    const { current, notes } = await SettingsStore.open(path);
    expect(current).toEqual({ ...defaults, theme: 'light' });
    expect(notes).toEqual([
      'In the file of settings, Film strips kept must be a whole number between 1 and 10000, not "0". It has its default.',
      'In the file of settings, Live picture must be a whole number between 128 and 4096, not "large". It has its default.',
    ]);
  });

  it.each([
    ['damaged', '{"theme": "light", }', /is damaged\. All settings have their defaults/],
    ['a list', '[]', /holds none\. All/],
    ['of a later format', '{"format": 2}', /has format 2, .* a later version wrote it\. All/],
  ])('in a file that is %s are kept beside it', async (_what, text, note) => {
    await writeFile(path, text);
    const store = await SettingsStore.open(path);
    expect(store.current).toEqual(defaults);
    expect(store.notes).toEqual([expect.stringMatching(note)]);
    await store.change({ quiet: true });
    expect(await readFile(`${path}.unreadable`, 'utf8')).toBe(text);
  });
});
