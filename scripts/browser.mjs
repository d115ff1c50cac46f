/**
 * A Chromium for the end-to-end specs: Playwright's own, else one that the machine has, else one that is installed from where
 * the machine can get one.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { apt, attempt, mayUseApt } from './bring.mjs';
import { root } from './setup.mjs';

const NAMES = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
];

/** Where the installers of Windows and macOS put them. */
const USUAL_PLACES = {
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((variable) =>
    ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'].map((place) =>
      join(process.env[variable] ?? '', place),
    ),
  ),
  darwin: ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
    (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
  ),
};

/**
 * The path of a browser, installed if need be, or why there is none, in a sentence. What is tried, and how it fails, is told on
 * stderr.
 */
export async function provideBrowser() {
  let browser = await findBrowser();
  for (const { what, commands } of browser === undefined ? installers() : []) {
    console.error(`Installing a browser for the end-to-end specs: ${what} …`);
    const failure = commands.map(attempt).find((reason) => reason !== undefined);
    if (failure !== undefined) console.error(`That did not work: ${failure}`);
    browser = await findBrowser();
    if (browser !== undefined) break;
  }
  if (browser !== undefined) return { browser };
  return { reason: 'There is no Chromium, Chrome or Edge on this machine, and none could be installed.' };
}

/** Playwright's own first: it is the one that the specs were written for. */
async function findBrowser() {
  const { chromium } = await import('@playwright/test');
  const onPath = NAMES.flatMap((name) =>
    (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)),
  );
  const places = process.platform === 'linux' ? onPath : (USUAL_PLACES[process.platform] ?? []);
  return [process.env.REVERIE_BROWSER ?? '', chromium.executablePath(), ...places].find(existsSync);
}

/** Ways to a browser, the best first. */
function installers() {
  const words = ['install', ...(mayUseApt ? ['--with-deps'] : []), 'chromium'];
  const playwright = join(root, 'node_modules', '@playwright', 'test', 'cli.js');
  const own = {
    what: `npx playwright ${words.join(' ')}`,
    commands: [[process.execPath, playwright, ...words]],
  };
  // The one without windows starts and draws with less work; not every release has it.
  const packages = mayUseApt ? ['chromium-headless-shell', 'chromium'] : [];
  return [own, ...packages.map((name) => ({ what: `apt-get install ${name}`, commands: apt(name) }))];
}
