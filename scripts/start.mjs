/** `npm start`: the desktop window where Electron can open one, else the same studio in the browser. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

/** Electron's binary is large; a network that cannot reach it should not be waited for longer, in ms. */
const DOWNLOAD_MS = 300_000;
const electron = join(root, 'node_modules', 'electron');

await setUp();
const obstacle = whyNoWindow();
if (obstacle === null) openWindow();
else openBrowser(obstacle);

/** Why there can be no desktop window, or `null`. */
function whyNoWindow() {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return 'there is no display';
  if (!existsSync(electron)) return 'Electron is not installed';
  if (binary() === null) {
    console.error('Fetching Electron, once …');
    const words = [join(electron, 'install.js')];
    spawnSync(process.execPath, words, { stdio: 'ignore', timeout: DOWNLOAD_MS });
  }
  return binary() === null ? "Electron's binary cannot be fetched from here" : null;
}

function binary() {
  const note = join(electron, 'path.txt');
  if (!existsSync(note)) return null;
  const path = join(
    process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(electron, 'dist'),
    readFileSync(note, 'utf8'),
  );
  return existsSync(path) ? path : null;
}

function openWindow() {
  console.log('Reverie opens its window.');
  follow(spawn(binary(), [root, ...process.argv.slice(2)], { stdio: 'inherit' }));
}

function openBrowser(obstacle) {
  console.log(`Reverie opens in the browser, because ${obstacle}.`);
  const words = [join(root, 'dist', 'main', 'cli.js'), 'serve', ...process.argv.slice(2)];
  const server = spawn(process.execPath, words, { stdio: ['inherit', 'pipe', 'inherit'] });
  server.stdout.setEncoding('utf8').on('data', (text) => {
    process.stdout.write(text);
    const [address] = text.match(/http:\S+/) ?? [];
    if (address !== undefined) show(address);
  });
  // Ctrl-C reaches the server by itself; it closes in good order, and we end with it.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => server.kill('SIGTERM'));
  follow(server);
}

/** Opens the default browser, where there is one; the address is printed in any case. */
function show(address) {
  const { platform, env } = process;
  if (env.CI || (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY)) return;
  const opener = { darwin: ['open'], win32: ['explorer'] }[platform] ?? ['xdg-open'];
  const [program, ...words] = [...opener, address];
  spawn(program, words, { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}

function follow(child) {
  child.on('exit', (code) => (process.exitCode = code ?? 1));
}
