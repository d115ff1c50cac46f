/** The program of the terminal as a user runs it: built, in a process of its own. What commands do is tested beside them, without one. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = resolve(import.meta.dirname, '../scripts/reverie.mjs');
/** What that program starts. */
const built = resolve(import.meta.dirname, '../dist/main/cli.js');
const folder = mkdtempSync(join(tmpdir(), 'reverie-cli-'));
const small = ['--size', '96', '--octaves', '2', '--steps', '2'];

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

function reverie(...words: string[]): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

/** What `--json` printed: exactly one object on one line. */
function objectOf({ stdout }: Run): unknown {
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(stdout);
}

beforeAll(async () => {
  // The first run builds what is out of date, and says so; the tests below compare stderr.
  expect(reverie('--version').code).toBe(0);
  const gradient = Uint8Array.from({ length: 120 * 80 * 3 }, (_, i) => (i * 7 + (i >> 5)) % 256);
  await sharp(gradient, { raw: { width: 120, height: 80, channels: 3 } })
    .png()
    .toFile(join(folder, 'photo.png'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the program', () => {
  it('tells the version of the package', () => {
    const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../package.json'), 'utf8')) as {
      version: string;
    };
    expect(reverie('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('shows its help', () => {
    const { code, stdout, stderr } = reverie();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('\n  dream');
  });

  it.each([
    ['usage/option', ['drem'], 'There is no command "drem"; '],
    ['image/missing', ['dream', 'absent.png'], ''],
  ])('ends with 2 for %s', (code, words, beginning) => {
    const run = reverie(...words);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(new RegExp(`^${beginning}.+\\n$`));
    const json = reverie(...words, '--json');
    expect(json).toMatchObject({ code: 2, stderr: '' });
    expect(objectOf(json)).toMatchObject({ error: { code } });
  });

  it('writes a picture, and prints one object into a pipe', () => {
    const run = reverie('dream', 'photo.png', ...small, '--out', 'first.png', '--json');
    expect(run.code).toBe(0);
    expect(objectOf(run)).toMatchObject({ output: expect.stringMatching(/first\.png$/) as string, steps: 4 });
    expect(existsSync(join(folder, 'first.png'))).toBe(true);
  });

  it('leaves a failure in the log, and the details of an error with it', () => {
    const home = join(folder, 'failing');
    const words = ['dream', 'photo.png', ...small, '--out', join(home, 'absent', 'a.png'), '--json'];
    const { status, stdout } = spawnSync(process.execPath, [program, ...words], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, REVERIE_HOME: home },
    });
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'output/unwritable', details: { path: join(home, 'absent', 'a.png') } },
    });
    const log = readFileSync(join(home, 'reverie.log'), 'utf8');
    expect(log).toMatch(/The engine starts\.\n(.*\n)*.*error {3}program {2}The command ended: /);
    expect(log).toContain('    code: output/unwritable\n');
  });

  it.runIf(process.platform !== 'win32')('can be interrupted: 130, and no picture', async () => {
    const out = join(folder, 'never.png');
    const words = ['dream', 'photo.png', '--size', '512', '--steps', '500', '--out', out];
    const child = spawn(process.execPath, [program, ...words], { cwd: folder });
    const before = readdirSync(folder);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (text.includes('octave 1')) child.kill('SIGINT');
    });
    const code = await new Promise((done) => child.on('close', done));
    expect(code).toBe(130);
    expect(stderr).toMatch(/Interrupted: no result was written\.\n$/);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder)).toEqual(before);
  });

  it('ends when its work is done, whatever has been left open', () => {
    const leftOpen = '--import=data:text/javascript,setInterval(()=>{},1e6)';
    const { status } = spawnSync(process.execPath, [built, 'dream', 'photo.png', ...small], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: leftOpen },
      timeout: 60_000,
    });
    expect(status).toBe(0);
  });
});
