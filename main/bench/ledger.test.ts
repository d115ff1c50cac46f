import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Ledger } from './ledger.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'reverie-ledger-'))));
afterEach(() => rm(folder, { recursive: true }));

const isNumber = (value: unknown): value is number => typeof value === 'number';
const made = (value: number) => vi.fn(() => Promise.resolve(value));

it('makes nothing twice, not even after a stop in the middle of a line', async () => {
  const path = join(folder, 'done.jsonl');
  const first = await Ledger.open(path, isNumber);
  expect(await first.entry('a', made(1))).toBe(1);
  expect(await first.entry('a', made(9))).toBe(1);
  await appendFile(path, '\n["b", 2');

  const second = await Ledger.open(path, isNumber);
  const [again, cut] = [made(9), made(3)];
  expect(await second.entry('a', again)).toBe(1);
  expect(again).not.toHaveBeenCalled();
  expect(await second.entry('b', cut)).toBe(3);

  const third = await Ledger.open(path, isNumber);
  expect(await third.entry('b', made(9))).toBe(3);
  expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(4);
});

it('takes nothing for done that is no entry, and without a file keeps nothing', async () => {
  const path = join(folder, 'done.jsonl');
  await appendFile(path, '["a", "one"]');
  expect(await (await Ledger.open(path, isNumber)).entry('a', made(2))).toBe(2);
  const none = await Ledger.open(null, isNumber);
  expect(await none.entry('a', made(3))).toBe(3);
});
