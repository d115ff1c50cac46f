/** Ctrl-C during a command of each method: the job lets go at once, and no result is written. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { methodNames } from '../../shared/methods/registry.ts';
import { runCommandLine } from './command-line.ts';
import { openEngine, type OpenEngine } from './engine.ts';
import { interruptionBy } from './interruption.ts';

/** Within so many ms beyond a step a command has let go. */
const AT_ONCE = 500;

const ROOT = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'reverie-interrupted-'));
/** For what a stopped film, or a job on many pictures, leaves on purpose: it goes on from there. */
const elsewhere = mkdtempSync(join(tmpdir(), 'reverie-interrupted-film-'));
const directory = process.cwd();
let opened: OpenEngine;

beforeAll(async () => {
  // Builds the engine where it is older than its sources.
  expect(spawnSync(process.execPath, [join(ROOT, 'scripts/reverie.mjs'), '--version']).status).toBe(0);
  mkdirSync(join(folder, 'photos'));
  const samples = Uint8Array.from({ length: 120 * 80 * 3 }, (_, i) => (i * 7 + (i >> 5)) % 256);
  const picture = sharp(samples, { raw: { width: 120, height: 80, channels: 3 } }).png();
  for (const name of ['photo.png', ...Array.from({ length: 9 }, (_, i) => `photos/${i}.png`)])
    await picture.clone().toFile(join(folder, name));
  writeFileSync(join(folder, 'targets.txt'), 'class:1\nclass:2\nclass:3\nclass:4\n');
  process.chdir(folder);
  opened = openEngine(join(ROOT, 'dist/main/engine.js'), { threads: null, quiet: false });
});
afterAll(async () => {
  process.chdir(directory);
  await opened.close();
  for (const path of [folder, elsewhere]) rmSync(path, { recursive: true, force: true });
});

/**
 * Interrupts a command after its second step. @returns its code, the longest step, and how long it took until the engine had
 * given up the job, in ms
 */
async function interrupted(words: readonly string[]): Promise<{ code: number; step: number; ms: number }> {
  const leave = new AbortController();
  let [since, step, steps, ended] = [performance.now(), 0, 0, 0];
  const stderr = {
    isTTY: true,
    columns: 80,
    write(text: string): void {
      const now = performance.now();
      if (steps > 0) step = Math.max(step, now - since);
      since = now;
      // A step redraws the bar.
      if (!text.includes('ms a step') || ++steps < 2) return;
      ended ||= now;
      leave.abort();
    },
  };
  const code = await runCommandLine(words, {
    stdout: { write: () => undefined },
    stderr,
    openEngine: () => ({ ...opened, close: () => Promise.resolve() }),
    listenForInterruption: () => interruptionBy(leave.signal),
    page: 'no window',
  });
  return { code, step, ms: performance.now() - ended };
}

const commands: readonly (readonly [method: string, words: string])[] = [
  ['dream', 'dream photo.png --size 96 --octaves 1 --steps 500'],
  ['film', `film photo.png --size 64 --frames 500 --out ${elsewhere}`],
  ['video', `video photos --size 64 --octaves 1 --out ${join(elsewhere, 'video')}`],
  ['visualize', 'visualize --target class:1 --size 64 --steps 500'],
  ['explain', 'explain photo.png --method smoothgrad --samples 200'],
  ['measureSet', 'explain photos --measure'],
  ['examples', 'examples photos --target channel:mixed4a/11'],
  ['atlas', 'atlas --layer mixed4a --steps 8 --size 64'],
  ['attack', 'attack photo.png --method pgd --steps 500'],
  ['attack', 'attack photo.png --method square --queries 5000'],
  ['attackSet', 'attack photos --method pgd --steps 5'],
  ['dreamSet', `dream photos --size 96 --octaves 1 --steps 5 --out ${join(elsewhere, 'dreams')}`],
  ['explainSet', `explain photos --method gradient --out ${join(elsewhere, 'maps')}`],
  ['visualizeSet', `visualize --targets targets.txt --size 64 --steps 8 --out ${join(elsewhere, 'units')}`],
];

it('covers every method but filters, which are one step', () => {
  expect([...new Set([...commands.map(([method]) => method), 'filters'])].sort()).toEqual(
    [...methodNames].sort(),
  );
});

it.each(commands)('a command can be interrupted: %s, as %s', async (_, words) => {
  const before = readdirSync(folder, { recursive: true });
  const { code, step, ms } = await interrupted(words.split(' '));
  expect(code).toBe(130);
  expect(ms).toBeLessThan(step + AT_ONCE);
  expect(readdirSync(folder, { recursive: true })).toEqual(before);
});
