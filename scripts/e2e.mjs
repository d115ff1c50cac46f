/**
 * `npm run e2e`: the end-to-end specs, on a build of these sources, in a browser and in the desktop program. A project that cannot
 * run fails, unless it is left out on purpose: with `--project=…`, or by REVERIE_SKIP_BROWSER=1, REVERIE_SKIP_DESKTOP=1 for a machine
 * without an Electron, or REVERIE_SKIP_SHARED_IN_DESKTOP=1, which runs what both doors have in common in the browser alone.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { provideBrowser } from './browser.mjs';
import { provideElectron } from './desktop.mjs';
import { root, setUp } from './setup.mjs';

const words = process.argv.slice(2);
const named = words.flatMap((word, index) => {
  if (word === '--project') return [words[index + 1]];
  return word.startsWith('--project=') ? [word.slice('--project='.length)] : [];
});
/** The variables that leave a project out. */
const LEFT_OUT_BY = {
  browser: ['REVERIE_SKIP_BROWSER'],
  desktop: ['REVERIE_SKIP_DESKTOP'],
  'shared-in-desktop': ['REVERIE_SKIP_DESKTOP', 'REVERIE_SKIP_SHARED_IN_DESKTOP'],
};
const wanted = (named.length > 0 ? named : Object.keys(LEFT_OUT_BY)).filter((project) => {
  const variable = LEFT_OUT_BY[project]?.find((name) => process.env[name] === '1');
  if (variable === undefined) return true;
  console.error(`The specs of the project ${project} are left out, because ${variable} is set.`);
  return false;
});

await setUp();
const missing = new Set();
// Where specs run beside each other, an engine with more threads only waits for the others'.
const threads = words.includes('--workers=1') ? {} : { REVERIE_THREADS: '1' };
const environment = { ...threads, ...process.env };
let closeDisplay = () => undefined;
const inElectron = wanted.filter((project) => project.endsWith('desktop'));
const inBrowser = wanted.filter((project) => !inElectron.includes(project));
if (inBrowser.length > 0) {
  const { browser, reason } = await provideBrowser();
  if (reason === undefined) environment.REVERIE_BROWSER = browser;
  else inBrowser.forEach((project) => lack(project, reason));
}
if (inElectron.length > 0) {
  const { program, app, variables, close, reason } = await provideElectron();
  if (reason === undefined) {
    Object.assign(environment, variables, { REVERIE_ELECTRON: program, REVERIE_APP: app });
    closeDisplay = close;
  } else inElectron.forEach((project) => lack(project, reason));
}
const projects = wanted.filter((project) => !missing.has(project));
if (projects.length > 0) {
  const rest = words.filter(
    (word, index) => !word.startsWith('--project') && words[index - 1] !== '--project',
  );
  const runner = spawn(
    process.execPath,
    [
      join(root, 'node_modules', '@playwright', 'test', 'cli.js'),
      'test',
      ...projects.map((project) => `--project=${project}`),
      ...rest,
    ],
    { cwd: root, stdio: 'inherit', env: environment },
  );
  // Ctrl-C reaches the runner by itself; the display ends after it.
  process.on('SIGINT', () => undefined);
  const [status] = await once(runner, 'exit');
  process.exitCode = status ?? 1;
}
closeDisplay();
if (missing.size > 0) process.exitCode = 1;

/** Says so at once, and fails in the end. */
function lack(project, reason) {
  missing.add(project);
  console.error(`The specs of the project ${project} cannot run. ${reason}`);
}
