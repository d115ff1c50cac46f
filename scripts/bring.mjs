/** Bringing what the specs need and the machine lacks: commands that end in bounded time and say why they failed. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { root } from './setup.mjs';

/** A download that hangs must not hold up the rest for ever. */
const LONGEST_MS = 10 * 60_000;

/** Whether Debian's packages can be installed without asking anybody. */
export const mayUseApt =
  process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

/** The commands that install packages of Debian or Ubuntu. */
export function apt(...packages) {
  return [
    ['apt-get', 'update'],
    ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages],
  ];
}

/** Runs a command with its output on stderr; why it failed, or `undefined`. */
export function attempt([program, ...words], { timeout = LONGEST_MS } = {}) {
  const { error, status } = spawnSync(program, words, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout,
  });
  if (error !== undefined) return error.message;
  return status === 0 ? undefined : `${program} ended with code ${status}.`;
}
