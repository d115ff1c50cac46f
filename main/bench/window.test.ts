import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readWindowFigures, windowRows } from './window.ts';

it('reads the figures that it knows, in its own order', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'reverie-')), 'window.json');
  await writeFile(path, '{"longTasks": 0, "door": "browser", "msToFirstChange": 452, "mood": 7}');
  const figures = await readWindowFigures(path);
  expect(figures).toEqual({ longTasks: 0, msToFirstChange: 452 });
  expect(windowRows(figures ?? {})).toEqual([
    ['from Dream to the first changed picture at 512 px, ms', '452'],
    ['long tasks while a dream ran', '0'],
  ]);
});

it('has nothing to tell before the specs have run', async () => {
  expect(await readWindowFigures(join(tmpdir(), 'reverie-nothing', 'window.json'))).toBeNull();
});
