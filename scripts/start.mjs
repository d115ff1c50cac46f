/** `npm start`: the desktop window where Electron can open one, else the same studio in the browser. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { hasDisplay, provideOwnElectron } from './electron.mjs';
import { root, setUp } from './setup.mjs';

await setUp();
const program = hasDisplay() ? provideOwnElectron() : null;
if (program !== null) openWindow();
else openBrowser(hasDisplay() ? "Electron's program cannot be fetched from here" : 'there is no display');

function openWindow() {
  console.log('Reverie opens its window.');
  follow(spawn(program, [root, ...process.argv.slice(2)], { stdio: 'inherit' }));
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
  const [first, ...words] = [...opener, address];
  spawn(first, words, { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}

function follow(child) {
  child.on('exit', (code) => (process.exitCode = code ?? 1));
}
