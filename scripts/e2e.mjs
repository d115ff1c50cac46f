/** `npm run e2e`: the end-to-end specs, on a build of these sources, in the desktop program and in a browser. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { provideBrowser } from './browser.mjs';
import { root, setUp } from './setup.mjs';

await setUp();
const { browser, reason } = await provideBrowser();
if (reason !== undefined) console.error(`${reason} The specs in a browser are skipped.`);
const words = process.argv.slice(2);
const projects = words.some((word) => word.startsWith('--project'))
  ? []
  : ['--project=browser', '--project=desktop'];
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules', '@playwright', 'test', 'cli.js'), 'test', ...projects, ...words],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      ...(browser === undefined ? { REVERIE_NO_BROWSER: reason } : { REVERIE_BROWSER: browser }),
    },
  },
);
process.exitCode = status ?? 1;
