import { mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStored, sweepTemporaries } from './stored-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-stored-'));
  path = join(folder, 'a.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const format = {
  name: 'The list',
  key: 'format',
  current: 2,
  steps: { 1: ({ old, ...rest }: Readonly<Record<string, unknown>>) => ({ ...rest, now: old }) },
};

describe('a stored file', () => {
  it('need not be there', async () => {
    expect(await readStored(path, format)).toEqual({ entries: undefined, refused: null });
    expect(await readdir(folder)).toEqual([]);
  });

  it('of an earlier format is brought to the present one', async () => {
    await writeFile(path, '{"old": 7}');
    expect(await readStored(path, format)).toEqual({ entries: { format: 2, now: 7 }, refused: null });
  });

  it.each([
    ['later', '{"format": 3, "then": 1}', /^The list has format 3, .* a later version wrote it\.$/],
    ['damaged', '{"old": ', /is damaged\.$/],
    ['without entries', '7', /^The list holds none\.$/],
  ])('that is %s is refused in a sentence, and kept', async (_what, text, why) => {
    await writeFile(path, text);
    const kept = `${path}.unreadable`;
    expect(await readStored(path, format)).toEqual({
      entries: undefined,
      refused: { why: expect.stringMatching(why) as string, kept },
    });
    expect(await readFile(kept, 'utf8')).toBe(text);
  });
});

it('only temporary files that nobody writes any more are swept', async () => {
  const runs = join(folder, 'runs', 'a');
  await mkdir(runs, { recursive: true });
  const old = [join(folder, '.reverie-1.tmp'), join(runs, '.reverie-2.tmp')];
  const others = [join(runs, '.reverie-3.tmp'), join(runs, 'job.json'), join(folder, 'my.reverie-4.tmp')];
  for (const file of [...old, ...others]) await writeFile(file, '');
  const hoursAgo = new Date(Date.now() - 2 * 3_600_000);
  for (const file of [...old, ...others.slice(1)]) await utimes(file, hoursAgo, hoursAgo);
  expect(await sweepTemporaries(folder)).toBe(2);
  expect((await readdir(folder, { recursive: true })).sort()).toEqual([
    'my.reverie-4.tmp',
    'runs',
    join('runs', 'a'),
    join('runs', 'a', '.reverie-3.tmp'),
    join('runs', 'a', 'job.json'),
  ]);
  expect(await sweepTemporaries(join(folder, 'none'))).toBe(0);
});
