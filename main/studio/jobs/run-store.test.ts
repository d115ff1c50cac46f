import { cp, mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RUN } from './run-record.ts';
import { RunStore } from './run-store.ts';

/** A cancelled dream, as 0.1.0 wrote it. */
const earlier = join(import.meta.dirname, '../testing/state-0.1.0/home/runs');

let folder: string;
let id: string;
let record: Record<string, unknown>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-runs-'));
  const ids = await readdir(earlier);
  const records = await Promise.all(
    ids.map(
      async (name) => JSON.parse(await readFile(join(earlier, name, RUN.record), 'utf8')) as typeof record,
    ),
  );
  const index = records.findIndex((stored) => (stored['order'] as { method: string }).method === 'dream');
  id = ids[index] ?? '';
  record = records[index] ?? {};
  await cp(join(earlier, id), join(folder, id), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (name: string, stored: unknown): Promise<void> =>
  writeFile(join(folder, name, RUN.record), typeof stored === 'string' ? stored : JSON.stringify(stored));

describe('the runs of a folder', () => {
  it('are read as an earlier version wrote them, and nothing is left out', async () => {
    const { records, unreadable } = await RunStore.open(folder);
    expect(records.map((run) => [run.id, run.notes])).toEqual([[id, record['notes']]]);
    expect(unreadable.value).toEqual([]);
  });

  it('keep their jobs where this version does not know all of their entries, and tell which', async () => {
    const order = record['order'] as { settings: object };
    const settings = { ...order.settings, moonlight: 1 };
    await write(id, { ...record, weather: 'fine', order: { ...order, priority: 2, settings } });
    const store = await RunStore.open(folder);
    expect(store.get(id).order).toEqual((await storeOf(record)).get(id).order);
    expect(store.get(id).notes.at(-1)).toMatch(
      /^The record of the job has "weather", "priority" and "moonlight", which this version/,
    );
    await store.save(store.get(id));
    expect((await RunStore.open(folder)).get(id).notes).toEqual(store.get(id).notes);
  });

  it.each([
    ['damaged', '{"format": 1,', /is damaged\.$/],
    ['of a later format', { format: 2 }, /has format 2, .* a later version wrote it\.$/],
    [
      'of a method that is not known',
      { format: 1, order: { method: 'sleep' } },
      /no jobs of the method "sleep"/,
    ],
    ['of another job', { format: 1, id: 'other' }, /that of another job\.$/],
    ['in a state that is not known', { format: 1, state: 'asleep' }, /no state that is known\.$/],
  ])('that are %s are told, kept, and can be removed', async (_what, stored, why) => {
    const text = typeof stored === 'string' ? stored : JSON.stringify({ ...record, ...stored });
    await write(id, text);
    const store = await RunStore.open(folder);
    expect(store.records).toEqual([]);
    expect(store.unreadable.value).toEqual([{ id, why: expect.stringMatching(why) as string }]);
    expect(await readFile(join(folder, id, RUN.record), 'utf8')).toBe(text);
    expect(await store.removeUnreadable('other')).toBe(false);
    expect(await store.removeUnreadable(id)).toBe(true);
    expect(store.unreadable.value).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('may be a folder without a record, but no file', async () => {
    await mkdir(join(folder, 'empty'));
    await writeFile(join(folder, 'notes.txt'), '');
    const { unreadable } = await RunStore.open(folder);
    expect(unreadable.value).toEqual([{ id: 'empty', why: 'It has no record.' }]);
  });
});

async function storeOf(stored: unknown): Promise<RunStore> {
  const other = await mkdtemp(join(tmpdir(), 'reverie-runs-'));
  try {
    await mkdir(join(other, id));
    await writeFile(join(other, id, RUN.record), JSON.stringify(stored));
    return await RunStore.open(other);
  } finally {
    await rm(other, { recursive: true, force: true });
  }
}
