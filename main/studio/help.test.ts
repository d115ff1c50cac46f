import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultsOf } from '../../shared/recipes/fields.ts';
import { studioSettings } from '../../shared/studio/settings.ts';
import { log } from '../log/log.ts';
import { logPath, logToFile, olderLogPath } from '../log/log-file.ts';
import { Help } from './help.ts';

let user: string;
let home: string;
let endLog: () => void;
let help: Help;

beforeEach(() => {
  user = mkdtempSync(join(tmpdir(), 'anna-'));
  // Where the system looks for it.
  vi.stubEnv('HOME', user);
  vi.stubEnv('USERPROFILE', user);
  home = join(user, '.local', 'share', 'reverie');
  mkdirSync(join(home, 'devices'), { recursive: true });
  endLog = logToFile(home);
  help = new Help({
    home,
    settings: () => ({ ...defaultsOf(studioSettings), threads: 3, model: join(user, 'secret.onnx') }),
    networks: () => ['dreamnet', 'resnet50'],
  });
});
afterEach(() => {
  endLog();
  rmSync(user, { recursive: true, force: true });
});

describe('the report of a problem', () => {
  it('has what somebody who helps will ask for', async () => {
    writeFileSync(
      join(home, 'devices', 'cpu.json'),
      '{"key":"k","outcome":"usable","reason":null,"msPerStep":53.4}',
    );
    writeFileSync(
      join(home, 'devices', 'webgpu.json'),
      '{"key":"k","outcome":"unusable","reason":"There is no adapter.","msPerStep":null}',
    );
    log.error('engine', 'It failed.', { signal: 'SIGSEGV' });
    const report = await help.report({ window: 'Mozilla/5.0 Chromium/153' });
    for (const part of [
      /^## What happened\n/,
      new RegExp(`\nNode: ${process.versions.node}\n`),
      /\nWindow: Mozilla\/5\.0 Chromium\/153\n/,
      /\ncpu: usable, 53 ms a step\nwebgpu: unusable, There is no adapter\.\n/,
      /\nthreads: 3\n/,
      /\nruntime: auto\n/,
      /## Networks\n\ndreamnet, resnet50\n/,
      /error {3}engine {3}It failed\.\n {4}signal: SIGSEGV\n/,
    ])
      expect(report).toMatch(part);
  });

  it('holds no path of the user, wherever one comes from, and no name of a picture', async () => {
    expect(homedir()).toBe(user);
    log.error('job', `"${join(user, 'Pictures', 'Anna at the sea.jpg')}" cannot be opened.`, {
      path: join(home, 'runs'),
      stack: `Error\n    at file://${user}/reverie/dist/main/app.js:1:2`,
      because: [`ENOENT, open '${user}\\\\models\\\\x.onnx'`],
    });
    const report = await help.report({ window: `made in ${user}` });
    expect(report).not.toContain(user);
    expect(report).not.toContain(JSON.stringify(user).slice(1, -1));
    expect(report).not.toContain('Anna');
    expect(report).toContain('model: ~');
    expect(report).toContain('path: ~');
  });

  it('is short enough to be sent, with the latest of a long log', async () => {
    for (let i = 0; i < 3000; i++) log.info('job', `entry ${i} ${'x'.repeat(80)}`);
    const report = await help.report({ window: '' });
    expect(report.length).toBeLessThan(60_000);
    expect(report).toContain('entry 2999 ');
    expect(report).toMatch(/## The end of the log\n\n\d{4}-/);
  });

  it('is made where nothing is known and nothing was written', async () => {
    endLog();
    rmSync(home, { recursive: true });
    const report = await help.report({ window: '' });
    expect(report).toContain('None has been tried yet.');
    expect(report).toContain('It is empty.');
  });
});

describe('the log', () => {
  it('is read to its very end, over the turn of a page', async () => {
    writeFileSync(olderLogPath(home), 'older\n');
    log.info('job', 'newer');
    expect(await help.logEnd()).toMatch(/^older\n[^\n]* newer\n$/);
    expect(logPath(home)).toContain(home);
  });

  it('takes what failed in a page', async () => {
    help.noteFault({ message: 'TypeError: x is undefined', stack: 'at a.js:1' });
    expect(await help.logEnd()).toMatch(
      /error {3}window {3}TypeError: x is undefined\n {4}stack: at a\.js:1\n/,
    );
  });
});

it('tells where the state lies as people write it', () => {
  expect(help.about().folder).toMatch(/^~.\.local.share.reverie$/);
});
