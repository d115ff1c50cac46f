/** The life of the program where a real one (e2e/desktop) cannot show it: on macOS, and when something fails. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CHANNELS } from '../../shared/studio/bridge-channels.ts';
import { lockFolder } from '../studio/files/lock.ts';
import { startDesktop } from './desktop.ts';
import { FakeContents, FakeElectron, FakeEvent, FakeWindow } from './testing/fake-electron.ts';

let folder: string;
let home: string;
let electron: FakeElectron;

function begin(words: readonly string[] = [], platform: NodeJS.Platform = 'linux'): void {
  const page = join(folder, 'page');
  startDesktop(electron.modules, {
    home,
    platform,
    words: ['reverie', ...words],
    engine: 'engine.js',
    preload: 'bridge.cjs',
    page,
  });
}

/** Started, with its newest window. */
async function start(...given: Parameters<typeof begin>): Promise<FakeWindow> {
  begin(...given);
  return vi.waitFor(() => lastWindow());
}

function lastWindow(): FakeWindow {
  const window = FakeWindow.all.at(-1);
  if (window === undefined) throw new Error('There is no window yet.');
  return window;
}

/** What the page of a window was told, once it says that it listens. */
function commandsOf(window: FakeWindow): unknown[] {
  const senderFrame = { parent: null, origin: 'reverie://studio' };
  electron.ipcMain.emit(CHANNELS.listen, { sender: window.webContents, senderFrame });
  return window.webContents.sent.map(({ message }) => message);
}

function quit(): FakeEvent {
  const event = new FakeEvent();
  electron.app.emit('before-quit', event);
  return event;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-app-'));
  home = join(folder, 'home');
  await mkdir(join(folder, 'page'));
  await writeFile(join(folder, 'page', 'index.html'), '<!doctype html>');
  electron = new FakeElectron();
});
afterEach(async () => {
  delete process.env['REVERIE_HOME'];
  electron.app.quit.mockClear();
  if (quit().prevented) await vi.waitFor(() => expect(electron.app.quit).toHaveBeenCalled());
  electron.app.emit('quit');
  await rm(folder, { recursive: true, force: true });
});

it('a second start begins nothing', () => {
  electron.app.lock = false;
  begin();
  expect(electron.app.quit).toHaveBeenCalled();
  expect(electron.registered).not.toHaveBeenCalled();
});

it('a start that fails says why, closes what it has opened and ends with 1', async () => {
  await rm(join(folder, 'page'), { recursive: true });
  begin();
  await vi.waitFor(() => expect(electron.app.exit).toHaveBeenCalledWith(1));
  expect(electron.dialog.showErrorBox).toHaveBeenCalledWith(
    'Reverie cannot start',
    expect.stringContaining('has no index.html'),
  );
  const unlock = await lockFolder(home);
  await unlock();
});

it('a folder that another program works on is told', async () => {
  const unlock = await lockFolder(home);
  begin();
  await vi.waitFor(() => expect(electron.app.exit).toHaveBeenCalledWith(1));
  expect(electron.dialog.showErrorBox).toHaveBeenCalledWith(
    'Reverie cannot start',
    expect.stringContaining('already open'),
  );
  await unlock();
});

it('on macOS the program outlives its window, and opens another one for what it is asked', async () => {
  const window = await start([], 'darwin');
  window.close();
  electron.app.emit('window-all-closed');
  expect(electron.app.quit).not.toHaveBeenCalled();
  const path = join(folder, 'late.png');
  electron.app.emit('open-file', new FakeEvent(), path);
  await vi.waitFor(() => expect(FakeWindow.all).toHaveLength(2));
  expect(commandsOf(lastWindow())).toMatchObject([{ command: 'import', offers: [expect.any(String)] }]);
  expect(electron.app.addRecentDocument).toHaveBeenCalledWith(path);
  electron.app.emit('activate');
  await vi.waitFor(() => expect(lastWindow().focus).toHaveBeenCalled());
  expect(FakeWindow.all).toHaveLength(2);
});

it('elsewhere it ends with its window', async () => {
  (await start()).close();
  electron.app.emit('window-all-closed');
  expect(electron.app.quit).toHaveBeenCalled();
});

it('files come to the page that listens, and again to the next one when it died before it took them', async () => {
  const window = await start([join(folder, 'a.png')]);
  expect(window.webContents.sent).toEqual([]);
  const command = { command: 'import', offers: [expect.any(String)] };
  expect(commandsOf(window)).toEqual([command]);
  window.webContents.emit('render-process-gone');
  expect(window.webContents.loadURL).toHaveBeenCalledTimes(2);
  expect(commandsOf(window)).toEqual([command, command]);
});

it('who asks while the program closes gets no window of it, but the program once more, with all that was asked', async () => {
  const window = await start();
  expect(quit().prevented).toBe(true);
  expect(window.isDestroyed()).toBe(true);
  electron.app.emit('second-instance', {}, ['reverie', '--flag', 'a.png'], folder);
  electron.app.emit('second-instance', {}, ['reverie', '--flag', 'b.png'], folder);
  await vi.waitFor(() => expect(electron.app.quit).toHaveBeenCalledOnce());
  expect(quit().prevented).toBe(false);
  expect(electron.app.relaunch).not.toHaveBeenCalled();
  electron.app.emit('quit');
  expect(electron.app.relaunch).toHaveBeenCalledExactlyOnceWith({
    args: ['--flag', join(folder, 'a.png'), join(folder, 'b.png')],
  });
  expect(FakeWindow.all).toHaveLength(1);
});

it('a window that is closed while it loads is no failure, but one that cannot load is', async () => {
  let fail: (error: Error) => void = () => undefined;
  FakeContents.load = () => new Promise((_resolve, reject) => (fail = reject));
  const window = await start();
  window.close();
  fail(new Error('ERR_FAILED'));
  await new Promise(setImmediate);
  expect(electron.dialog.showErrorBox).not.toHaveBeenCalled();

  FakeContents.load = () => Promise.reject(new Error('ERR_FILE_NOT_FOUND'));
  electron.app.emit('activate');
  await vi.waitFor(() =>
    expect(electron.dialog.showErrorBox).toHaveBeenCalledWith(
      'Reverie cannot show its window',
      'ERR_FILE_NOT_FOUND',
    ),
  );
});
