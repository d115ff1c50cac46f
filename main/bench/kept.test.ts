/** A benchmark that was interrupted goes on where it was. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { AttackSetResult, AttackSetRow } from '../../shared/methods/attack.ts';
import { attack } from '../../shared/recipes/attack.ts';
import { defaultsOf } from '../../shared/recipes/fields.ts';
import { together } from './attacks-set.ts';
import { Kept } from './kept.ts';

const folder = await mkdtemp(join(tmpdir(), 'reverie-kept-'));
afterAll(() => rm(folder, { recursive: true }));

describe('kept results', () => {
  let made = 0;
  const make = (): Promise<number> => Promise.resolve(++made);

  it('are measured once, by another run too, unless what they depend on differs', async () => {
    const place = join(folder, 'once');
    expect(await new Kept(place).once('a/b: c', { eps: 1 }, make)).toBe(1);
    expect(await new Kept(place).once('a/b: c', { eps: 1 }, make)).toBe(1);
    expect(await new Kept(place).once('a/b: c', { eps: 2 }, make)).toBe(2);
    expect(await readdir(place)).toEqual([
      expect.stringMatching(/^a-b-c-[0-9a-f]{12}\.json$/),
      expect.stringMatching(/^a-b-c-[0-9a-f]{12}\.json$/),
    ]);
    expect(await new Kept(null).once('a/b: c', { eps: 1 }, make)).toBe(3);
  });

  it('are given when the time is over, but nothing new is begun', async () => {
    const place = join(folder, 'late');
    await new Kept(place).once('x', {}, make);
    const before = made;
    const late = new Kept(place, -1);
    expect(await late.once('x', {}, make)).toBe(before);
    expect(await late.once('y', {}, make)).toBeNull();
    expect(made).toBe(before);
  });

  it('are not half there after an interruption', async () => {
    const place = join(folder, 'part');
    const failing = new Kept(place).once('z', {}, () => Promise.reject(new Error('interrupted')));
    await expect(failing).rejects.toThrow('interrupted');
    const kept = await new Kept(place).once('z', {}, () => Promise.resolve('whole'));
    await writeFile(join(place, 'z-000000000000.json.part'), '{"half');
    expect(await new Kept(place).once('z', {}, () => Promise.resolve('again'))).toBe(kept);
  });
});

it('puts the figures of single pictures together', () => {
  const row = (l2: number, success: boolean, counted = true): AttackSetRow => ({
    image: `${l2}.png`,
    truth: 0,
    before: { index: 0, label: null, probability: 1 },
    after: { index: 1, label: null, probability: 1 },
    counted,
    success,
    norms: { l0: 1, l2, linf: 1 },
    relativeL2: l2 / 100,
    queries: l2,
    substitute: null,
    brokenBy: null,
    views: null,
    trained: null,
    unrounded: { success, l2, linf: 1, relativeL2: l2 / 100 },
  });
  const part = (one: AttackSetRow, hits: number): AttackSetResult => ({
    model: 'm',
    runtime: 'r',
    device: 'cpu',
    seconds: 2,
    settings: defaultsOf(attack),
    truth: 'labels',
    rows: [one],
    failed: [],
    fooled: 0,
    counted: 0,
    robust: null,
    median: null,
    queries: null,
    transfer: {
      models: ['m', 'n'],
      fooled: [
        [hits, 0],
        [0, 0],
      ],
      counted: [
        [1, 1],
        [0, 0],
      ],
    },
    notes: ['the same'],
  });
  const parts = [
    part(row(10, true), 1),
    part(row(30, true), 1),
    part(row(50, false), 0),
    part(row(70, false, false), 0),
  ];
  expect(together(parts)).toMatchObject({
    seconds: 8,
    fooled: 2,
    counted: 3,
    median: { l2: 20, relativeL2: 0.2 },
    queries: { mean: 20, median: 20 },
    transfer: {
      fooled: [
        [2, 0],
        [0, 0],
      ],
      counted: [
        [4, 4],
        [0, 0],
      ],
    },
    notes: ['the same'],
  });
  expect(together([])).toBeNull();
});
