/** Commands on folders and lists, as the terminal has them: what they say, refuse, and do when they are killed; and joining. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashesIn } from '../engine/testing/folder-hashes.ts';

const program = resolve(import.meta.dirname, '../../scripts/reverie.mjs');
const folder = mkdtempSync(join(tmpdir(), 'reverie-folders-'));
const small = ['--size', '64', '--octaves', '1', '--steps', '2', '--device', 'cpu'];

function reverie(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

beforeAll(async () => {
  mkdirSync(join(folder, 'photos', 'below'), { recursive: true });
  for (const [i, name] of ['a.png', 'b.png', 'c.png', 'below/a.png', 'below/d.png'].entries()) {
    const samples = Uint8Array.from({ length: 90 * 60 * 3 }, (_, at) => (at * (7 + i) + (at >> 5)) % 256);
    const raw = { width: 90, height: 60, channels: 3 } as const;
    await sharp(samples, { raw })
      .png()
      .toFile(join(folder, 'photos', name));
  }
  writeFileSync(join(folder, 'photos', 'broken.jpg'), '');
  // Builds what is older than its sources.
  expect(reverie('--version').code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a folder', () => {
  it('is dreamed on with one table at the end, and joined from shards byte for byte', () => {
    const whole = reverie('dream', 'photos', ...small);
    expect(whole.code).toBe(0);
    expect(whole.stdout).toMatch(
      /^a\.png +\S+ → \S+\nb\.png .*\nbelow\/a\.png .*\nbelow\/d\.png .*\nc\.png .*\n"broken\.jpg" cannot be opened: .*\n5 done, 5 of them now, 1 passed over\n.*\n.*photos-dream\n$/,
    );
    for (const shard of ['1/2', '2/2'])
      reverie('dream', 'photos', ...small, '--shard', shard, '--out', `part-${shard[0] ?? ''}`);
    const missing = reverie('merge', 'part-1');
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toMatch(/^3 of 6 units are missing, .*: run shard 2\/2 to the end/);
    const merged = reverie('merge', 'part-1', 'part-2', '--out', 'joined', '--json');
    expect(JSON.parse(merged.stdout)).toMatchObject({
      units: 6,
      output: join(folder, 'joined'),
      device: 'cpu',
    });
    expect(hashesIn(join(folder, 'joined'))).toEqual(hashesIn(join(folder, 'photos-dream')));
  });

  it.each([
    [['dream', 'photos', '--frames', 'f'], '--frames is for a single picture'],
    [['explain', 'photos', '--raw', 'a.npy'], '--raw is for a single picture'],
    [['explain', 'photos', '--report', 'a.html'], '--report goes with --measure, of a folder'],
    [['explain', 'photos', '--measure', '--shard', '1/2'], '--shard does not go with --measure'],
    [['dream', 'photos/a.png', '--shard', '1/2'], '--shard is for a folder or several pictures'],
    [['dream', 'photos', '--shard', '3'], '--shard must be i/n'],
    [['visualize', '--targets', 'none.txt'], 'The list of targets "none.txt" cannot be read'],
    [['visualize', '--targets', 'photos/broken.jpg'], 'has no targets'],
    [['visualize', '--target', 'class:1', '--shard', '1/2'], '--shard is for a list of --targets'],
    [['visualize', '--targets', 'photos/broken.jpg', '--film', 'f'], '--film does not go with --targets'],
    [['merge', 'photos'], 'holds no units of a job'],
  ])('is refused in a sentence: %j', (words, sentence) => {
    const run = reverie(...words);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(sentence);
  });

  it('of targets names the line that is none', () => {
    writeFileSync(join(folder, 'list.txt'), 'class:1\n# a remark\n\nclas:2\n');
    expect(reverie('visualize', '--targets', 'list.txt').stderr).toMatch(/^Line 4 of "list\.txt" must be /);
  });
});

/** Runs a command until `file` is there, and kills all its processes. */
async function killedAt(file: string, words: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [program, ...words], {
    cwd: folder,
    detached: true,
    stdio: 'ignore',
  });
  const closed = new Promise((done) => child.once('close', done));
  for (let tries = 0; !existsSync(file) && child.exitCode === null && tries < 3000; tries++) await sleep(5);
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  await closed;
}

describe.skipIf(process.platform === 'win32')('a command that is killed and given again', () => {
  it.each([
    ['dream', ['dream', 'photos', ...small], ['below/a.png']],
    ['explain', ['explain', 'photos', '--method', 'gradient', '--device', 'cpu'], ['b.png']],
  ])('makes the same as one that was not: %s', async (name, words, moments) => {
    const whole = join(folder, `whole-${name}`);
    expect(reverie(...words, '--out', whole).code).toBe(0);
    for (const [i, moment] of moments.entries()) {
      const out = join(folder, `killed-${name}-${i}`);
      await killedAt(join(out, moment), [...words, '--out', out]);
      expect(existsSync(join(out, 'results.json'))).toBe(false);
      expect(reverie(...words, '--out', out).code).toBe(0);
      const left = Object.entries(hashesIn(out)).filter(([path]) => !/\.tmp$|\.unfinished$/.test(path));
      expect(Object.fromEntries(left)).toEqual(hashesIn(whole));
    }
  });
});
