/**
 * Makes a fresh clone usable: dependencies when they are missing or older than the lock file, bundles when they are
 * older than the sources. Quick when there is nothing to do; what it does is told on stderr.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** npm writes this file when an installation is complete. */
const INSTALLED = join(root, 'node_modules', '.package-lock.json');
/** What the window tells of the program is made from these. */
const ABOUT = ['CHANGELOG.md', 'LICENSE', 'package-lock.json', 'models/dreamnet.json', 'scripts/about'];
/** What is built, from what, and a file that each build writes. */
const BUNDLES = [
  { config: 'vite.main.config.ts', built: 'dist/main/cli.js', sources: ['shared', 'main', 'package.json'] },
  { config: 'vite.preload.config.ts', built: 'dist/preload/bridge.cjs', sources: ['shared', 'preload'] },
  {
    config: 'renderer/vite.config.ts',
    built: 'dist/renderer/index.html',
    sources: ['shared', 'renderer', ...ABOUT],
  },
];

/** Installs the dependencies if need be. Ends the program with npm's exit code when that fails. */
export function install() {
  if (timeOf(INSTALLED) >= timeOf(join(root, 'package-lock.json'))) return;
  console.error('Installing the dependencies (npm ci) …');
  // npm is a script on Windows, which only a shell can start.
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) process.exit(npm.status ?? 1);
  // Files keep their packed dates, so say that this installation answers this lock file.
  const now = new Date();
  utimesSync(INSTALLED, now, now);
}

/** Builds the bundles whose sources are newer, or all of them; a bundle's `changes` are laid over its configuration. */
export async function build({ always = false, bundles = BUNDLES } = {}) {
  const stale = bundles.filter(({ config, built, sources }) => {
    const changed = Math.max(...[config, ...sources].map((path) => newest(join(root, path))));
    return always || timeOf(join(root, built)) <= changed;
  });
  if (stale.length === 0) return;
  console.error('Building …');
  const vite = await import('vite');
  for (const { config, changes } of stale) {
    const configFile = join(root, config);
    await vite.build({ root: dirname(configFile), configFile, logLevel: 'warn', ...changes });
  }
}

/** Installs and builds what is missing. */
export async function setUp() {
  install();
  await build();
}

function timeOf(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

/** Time of the newest file in a folder, tests and their helpers aside: those are not in the bundles. */
function newest(path) {
  const status = statSync(path);
  if (!status.isDirectory()) return status.mtimeMs;
  const entries = readdirSync(path).filter((name) => name !== 'testing' && !name.endsWith('.test.ts'));
  return Math.max(status.mtimeMs, ...entries.map((name) => newest(join(path, name))));
}
