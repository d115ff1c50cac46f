/** The program of the package `electron`, which comes from a host of its own: fetched once, when it is first needed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

/** It is large; a network that cannot reach it should not be waited for longer. */
const DOWNLOAD_MS = 300_000;

const electron = join(root, 'node_modules', 'electron');

/** Whether there is anything to show a window on. */
export function hasDisplay() {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return process.platform !== 'linux' || Boolean(DISPLAY) || Boolean(WAYLAND_DISPLAY);
}

/** Its path, fetched if need be; `null` where it cannot be had. */
export function provideOwnElectron() {
  if (ownElectron() === null && existsSync(electron)) {
    console.error('Fetching Electron, once …');
    const words = [join(electron, 'install.js')];
    spawnSync(process.execPath, words, { stdio: 'ignore', timeout: DOWNLOAD_MS });
  }
  return ownElectron();
}

/** Its path, if it has been fetched, or `null`. */
export function ownElectron() {
  const note = join(electron, 'path.txt');
  if (!existsSync(note)) return null;
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(electron, 'dist');
  const path = join(folder, readFileSync(note, 'utf8'));
  return existsSync(path) ? path : null;
}
