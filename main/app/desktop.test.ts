import { handlersOf } from '../../shared/rpc/contract.ts';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../shared/rpc/connect.ts';
import { frameContract } from '../../shared/live-frames.ts';
import { electronPort } from '../../shared/rpc/electron-port.ts';
import { serve } from '../../shared/rpc/serve.ts';
import { CHANNELS } from '../../shared/studio/bridge-channels.ts';
import { studioContract } from '../../shared/studio/contract.ts';
import { greyPng } from '../studio/testing/temporary-studio.ts';
import { startDesktop } from './desktop.ts';
import { FakeContents, FakeElectron, FakeEvent, FakeWindow, FakeChannel } from './testing/fake-electron.ts';

let folder: string;
let home: string;
let electron: FakeElectron;

const start = async (words: string[] = []): Promise<FakeWindow> => {
  const page = join(folder, 'page');
  startDesktop(electron.modules, {
    home,
    platform: 'linux',
    words,
    engine: 'engine.js',
    preload: '/built/bridge.cjs',
    page,
  });
  return vi.waitFor(() => {
    const [window] = FakeWindow.all;
    if (window === undefined || window.url === '') throw new Error('no window yet');
    return window;
  });
};

const main = { parent: null, origin: 'reverie://studio' };
const invoke = (window: FakeWindow, channel: string, argument: unknown): Promise<unknown> => {
  const handler = electron.ipcMain.handlers.get(channel);
  if (handler === undefined) throw new Error(`nothing answers ${channel}`);
  return handler({ sender: window.webContents, senderFrame: main }, argument);
};
const ask = (address: string, method = 'GET'): Promise<Response> => {
  const handler = electron.protocols.get('reverie');
  if (handler === undefined) throw new Error('no protocol');
  return handler(new Request(address, { method }));
};
/** The studio as the page gets it. */
const studioOf = (window: FakeWindow) => {
  electron.ipcMain.emit(CHANNELS.connect, { sender: window.webContents, senderFrame: main });
  const ports = window.webContents.sent.findLast(({ channel }) => channel === CHANNELS.connect)?.ports;
  const port =
    Array.isArray(ports) && ports[0] instanceof Object ? (ports[0] as FakeChannel['port2']) : undefined;
  if (port === undefined) throw new Error('no port');
  return { port, studio: connect(electronPort(port), studioContract) };
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-app-'));
  home = join(folder, 'home');
  await mkdir(join(folder, 'page'));
  await writeFile(join(folder, 'page', 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'secret.html'), 'not for anybody');
  electron = new FakeElectron();
});
afterEach(async () => {
  delete process.env['REVERIE_HOME'];
  const event = new FakeEvent();
  electron.app.emit('before-quit', event);
  if (event.prevented) await vi.waitFor(() => expect(electron.app.quit).toHaveBeenCalled());
  electron.app.emit('quit');
  await rm(folder, { recursive: true, force: true });
});

describe('the window', () => {
  it('is confined, and shows the page when it is ready', async () => {
    const window = await start();
    expect(window.options).toMatchObject({
      show: false,
      minWidth: 1024,
      minHeight: 700,
      webPreferences: {
        preload: '/built/bridge.cjs',
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        webviewTag: false,
      },
    });
    expect(window.url).toBe('reverie://studio/');
    window.emit('ready-to-show');
    expect(window.shown).toBe(true);
    expect(electron.app.paths).toEqual({ userData: home, sessionData: join(home, 'window') });
  });

  it('opens where it was closed, unless that is on no screen any more', async () => {
    const window = await start();
    window.emit('close');
    const place = join(home, 'window.json');
    await vi.waitFor(async () =>
      expect(JSON.parse(await readFile(place, 'utf8'))).toMatchObject({ maximised: false }),
    );
    window.emit('closed');
    electron.app.emit('activate');
    await vi.waitFor(() => expect(FakeWindow.all[1]?.options).toMatchObject({ x: 10, y: 20, width: 1200 }));
    await writeFile(place, JSON.stringify({ bounds: { x: 9000, y: 0, width: 1200, height: 800 } }));
    FakeWindow.all[1]?.emit('closed');
    electron.app.emit('activate');
    await vi.waitFor(() => expect(FakeWindow.all[2]?.options).toMatchObject({ width: 1440 }));
    expect(FakeWindow.all[2]?.options).not.toHaveProperty('x');
  });

  it('is one: a second start brings it to the front and hands its files over', async () => {
    const window = await start();
    const picture = join(folder, 'cat.png');
    await writeFile(picture, await greyPng(9));
    const { studio } = studioOf(window);
    electron.app.emit('second-instance', {}, ['reverie', '--flag', 'cat.png', 'missing.png'], folder);
    expect(window.focus).toHaveBeenCalled();
    const command = window.webContents.sent.find(({ channel }) => channel === CHANNELS.command)?.message;
    expect(command).toMatchObject({ command: 'import' });
    const { offers } = command as { offers: string[] };
    await expect(studio.importFiles({ offers })).resolves.toMatchObject([
      { kind: 'picture', name: 'cat.png' },
    ]);
  });

  it('is not opened by a second start itself', () => {
    electron.app.lock = false;
    startDesktop(electron.modules, { home, platform: 'linux', words: [], engine: '', preload: '', page: '' });
    expect(electron.app.quit).toHaveBeenCalled();
    expect(electron.schemes).toEqual([]);
  });

  it('comes back when its page has died', async () => {
    const window = await start();
    window.webContents.emit('render-process-gone');
    expect(window.reload).toHaveBeenCalled();
  });

  it('that cannot be opened says why', async () => {
    await rm(join(folder, 'page'), { recursive: true });
    startDesktop(electron.modules, {
      home,
      platform: 'linux',
      words: [],
      engine: '',
      preload: '',
      page: join(folder, 'page'),
    });
    await vi.waitFor(() => expect(electron.dialog.showErrorBox).toHaveBeenCalled());
    expect(electron.app.exit).toHaveBeenCalledWith(1);
  });
});

describe('contents of any kind', () => {
  const contents = async (): Promise<FakeContents> => {
    await start();
    const made = new FakeContents();
    electron.app.emit('web-contents-created', {}, made);
    return made;
  };

  it.each([
    ['will-navigate', { url: 'https://evil.example/' }, true],
    ['will-navigate', { url: 'file:///etc/passwd' }, true],
    ['will-navigate', { url: 'reverie://studio.evil.example/' }, true],
    ['will-navigate', { url: 'reverie://studio/' }, false],
    ['will-frame-navigate', { url: 'reverie://studio/', isMainFrame: false }, true],
    ['will-frame-navigate', { url: 'https://evil.example/', isMainFrame: true }, true],
    ['will-redirect', { url: 'reverie://studio/' }, true],
    ['will-attach-webview', {}, true],
  ])('go nowhere else: %s %j', async (name, details, prevented) => {
    const event = Object.assign(new FakeEvent(), details);
    (await contents()).emit(name, event);
    expect(event.prevented).toBe(prevented);
  });

  it('open no windows', async () => {
    expect((await contents()).openHandler?.({ url: 'reverie://studio/' })).toEqual({ action: 'deny' });
  });

  it('get no permissions, and no network', async () => {
    await start();
    const { request, check, device, before } = electron.permissions;
    const granted: boolean[] = [];
    for (const permission of ['media', 'geolocation', 'openExternal'])
      request?.({}, permission, (is) => granted.push(is));
    expect(granted).toEqual([false, false, false]);
    expect([check?.(), device?.()]).toEqual([false, false]);
    const cancelled: boolean[] = [];
    for (const url of [
      'https://example.com/',
      'http://127.0.0.1/',
      'file:///etc/passwd',
      'ws://x/',
      'nonsense',
    ])
      before?.({ url }, ({ cancel }) => cancelled.push(cancel));
    expect(cancelled).toEqual([true, true, true, true, true]);
    before?.({ url: 'reverie://studio/' }, ({ cancel }) => expect(cancel).toBe(false));
  });
});

describe('the protocol', () => {
  it('is privileged as a secure origin', async () => {
    await start();
    expect(electron.schemes).toEqual([
      [
        {
          scheme: 'reverie',
          privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
        },
      ],
    ]);
  });

  it('shows the page under its policy, and pictures', async () => {
    const window = await start();
    const page = await ask('reverie://studio/');
    expect([page.status, await page.text()]).toEqual([200, '<!doctype html>']);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'/);
    const { studio } = studioOf(window);
    const offers = await invoke(window, CHANNELS.offer, [{ name: 'clip.png', bytes: await greyPng(7) }]);
    await expect(studio.importFiles({ offers: offers as string[] })).resolves.toMatchObject([
      { kind: 'picture' },
    ]);
    const picture = await ask('reverie://studio/picture/clip.png');
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await picture.arrayBuffer())).toEqual(Buffer.from(await greyPng(7)));
    expect((await ask('reverie://studio/thumbnail/clip.png')).headers.get('content-type')).toBe('image/jpeg');
  });

  it.each([
    'reverie://studio/../secret.html',
    'reverie://studio/%2e%2e/secret.html',
    'reverie://studio/..%2fsecret.html',
    'reverie://studio/picture/..%2f..%2fsecret.html',
    'reverie://studio/run/..%2f..%2f../source',
    'reverie://other/index.html',
    'reverie://studio/picture/none.png',
  ])('leads nowhere else: %s', async (address) => {
    await start();
    const response = await ask(address);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain('not for anybody');
  });

  it('only shows', async () => {
    await start();
    expect((await ask('reverie://studio/', 'POST')).status).toBe(404);
  });
});

describe('the bridge', () => {
  it.each([
    [
      'a frame in the page',
      (window: FakeWindow) => ({ sender: window.webContents, senderFrame: { ...main, parent: main } }),
    ],
    [
      'another page',
      (window: FakeWindow) => ({
        sender: window.webContents,
        senderFrame: { ...main, origin: 'https://evil.example' },
      }),
    ],
    ['a frame that has gone', (window: FakeWindow) => ({ sender: window.webContents, senderFrame: null })],
    ['another window', () => ({ sender: new FakeContents(), senderFrame: main })],
  ])('does not answer %s', async (_name, eventOf) => {
    const window = await start();
    const event = eventOf(window);
    electron.ipcMain.emit(CHANNELS.connect, event);
    electron.ipcMain.emit(CHANNELS.drag, event, 'a.png');
    expect(window.webContents.sent).toEqual([]);
    for (const channel of [CHANNELS.offer, CHANNELS.save, CHANNELS.reveal])
      await expect(electron.ipcMain.handlers.get(channel)?.(event, [])).rejects.toMatchObject({
        code: 'access/denied',
      });
  });

  it('gives a port to the studio, and closes the one before', async () => {
    const window = await start();
    const first = studioOf(window);
    await expect(first.studio.changeSettings({ theme: 'light' })).resolves.toMatchObject({ theme: 'light' });
    const second = studioOf(window);
    await expect(first.studio.changeSettings({})).rejects.toMatchObject({ code: 'engine/crashed' });
    await expect(second.studio.changeSettings({})).resolves.toMatchObject({ theme: 'light' });
  });

  it('offers, reveals, drags, saves and trashes', async () => {
    const window = await start();
    const path = join(folder, 'Nacht.png');
    await writeFile(path, await greyPng(3));
    const offers = (await invoke(window, CHANNELS.offer, [{ path }, 'nonsense', { name: 'x' }])) as string[];
    expect(offers).toHaveLength(1);
    expect(electron.app.addRecentDocument).toHaveBeenCalledWith(path);
    const { studio } = studioOf(window);
    await studio.importFiles({ offers });
    const kept = join(home, 'gallery', 'Nacht.png');

    await invoke(window, CHANNELS.reveal, 'Nacht.png');
    expect(electron.shell.showItemInFolder).toHaveBeenCalledWith(kept);
    await expect(invoke(window, CHANNELS.reveal, '../settings.json')).rejects.toMatchObject({
      code: 'image/missing',
    });

    electron.ipcMain.emit(CHANNELS.drag, { sender: window.webContents, senderFrame: main }, 'Nacht.png');
    await vi.waitFor(() => expect(window.webContents.dragged).toMatchObject([{ file: kept }]));

    expect(await invoke(window, CHANNELS.save, '/export/Nacht.png?format=png')).toBeNull();
    const target = join(folder, 'saved.jpg');
    electron.dialog.showSaveDialog.mockResolvedValueOnce({ canceled: false, filePath: target });
    expect(await invoke(window, CHANNELS.save, '/export/Nacht.png?format=jpeg')).toBe('saved.jpg');
    expect([...(await readFile(target)).subarray(0, 2)]).toEqual([0xff, 0xd8]);
    await expect(invoke(window, CHANNELS.save, '/secret.html')).rejects.toMatchObject({
      code: 'image/missing',
    });

    await studio.removePictures({ pictures: ['Nacht.png'] });
    expect(electron.shell.trashItem).toHaveBeenCalledWith(kept);
    expect(await readdir(join(home, 'uploads')).catch(() => [])).toEqual([]);
  });
});

describe('the engine', () => {
  it('runs in a utility process; its end is told and it is ended with the program', async () => {
    const window = await start();
    const { studio } = studioOf(window);
    const answer = studio.devices({ measure: false, device: null });
    await vi.waitFor(() =>
      expect(electron.children[0]?.posted).toMatchObject([{ type: 'call', name: 'devices' }]),
    );
    electron.children[0]?.emit('exit', 139);
    await expect(answer).rejects.toMatchObject({ code: 'engine/crashed' });
    const again = studio.devices({ measure: false, device: null });
    await vi.waitFor(() => expect(electron.children[1]?.posted).toHaveLength(1));
    const event = new FakeEvent();
    electron.app.emit('before-quit', event);
    expect(event.prevented).toBe(true);
    await expect(again).rejects.toMatchObject({ code: 'job/cancelled' });
    await vi.waitFor(() => expect(electron.app.quit).toHaveBeenCalledOnce());
    const second = new FakeEvent();
    electron.app.emit('before-quit', second);
    expect(second.prevented).toBe(false);
  });

  it('sends the live picture straight to the window, also to one that looks on before it runs', async () => {
    const window = await start();
    const look = (job: string): void =>
      void electron.ipcMain.emit(CHANNELS.frames, { sender: window.webContents, senderFrame: main }, job);
    look('first');
    expect(window.webContents.sent.at(-1)).toMatchObject({ channel: CHANNELS.frames, message: 'first' });
    const { studio } = studioOf(window);
    studio.devices({ measure: false, device: null }).catch(() => undefined);
    await vi.waitFor(() => expect(electron.children[0]?.ports).toHaveLength(1));
    look('second');
    expect(electron.children[0]?.ports).toHaveLength(2);
    electron.ipcMain.emit(CHANNELS.frames, { sender: new FakeContents(), senderFrame: main }, 'third');
    expect(electron.children[0]?.ports).toHaveLength(2);

    // What the engine's process does with its end, and the page with its own.
    const [enginePort] = electron.children[0]?.ports ?? [];
    const tapped = handlersOf<typeof frameContract>(frameContract, {
      async *frames({ channel }) {
        yield await Promise.resolve({
          step: 1,
          width: 1,
          height: 1,
          rgba: new TextEncoder().encode(channel),
        });
      },
    });
    serve(tapped, electronPort(enginePort as FakeChannel['port1']));
    const sent = window.webContents.sent.find(({ message }) => message === 'first')
      ?.ports as FakeChannel['port2'][];
    const page = connect(electronPort(sent[0] ?? new FakeChannel().port2), frameContract);
    const frames = [];
    for await (const frame of page.frames({ channel: 'first' }))
      frames.push(new TextDecoder().decode(frame.rgba));
    expect(frames).toEqual(['first']);
  });
});
