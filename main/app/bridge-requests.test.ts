import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connect } from '../../shared/rpc/connect.ts';
import { electronPort } from '../../shared/rpc/electron-port.ts';
import { CHANNELS } from '../../shared/studio/bridge-channels.ts';
import { handlersOf } from '../../shared/rpc/contract.ts';
import { studioContract } from '../../shared/studio/contract.ts';
import { temporaryStudio, type TemporaryStudio } from '../studio/testing/temporary-studio.ts';
import { answerBridge } from './bridge-requests.ts';
import { FakeChannel, FakeContents, FakeIpcMain } from './testing/fake-electron.ts';

const main = { parent: null, origin: 'reverie://studio' };
let studio: TemporaryStudio;
let ipcMain: FakeIpcMain;
const webContents = new FakeContents();
const touched = vi.fn();

beforeEach(async () => {
  studio = await temporaryStudio();
  ipcMain = new FakeIpcMain();
  webContents.sent.length = 0;
  touched.mockClear();
  answerBridge({
    ipcMain,
    dialog: { showSaveDialog: touched, showOpenDialog: touched },
    shell: { showItemInFolder: touched },
    studio: studio.studio,
    handlers: handlersOf(studioContract, studio.studio.service),
    storage: { all: {}, keep: touched },
    connectWindow: touched,
    makeChannel: () => new FakeChannel(),
    iconOf: touched,
    noteRecent: touched,
    window: () => ({ webContents }),
    onListen: touched,
  } as unknown as Parameters<typeof answerBridge>[0]);
});
afterEach(() => studio.close());

const invoke = (
  channel: string,
  argument: unknown,
  event: object = { sender: webContents, senderFrame: main },
) => ipcMain.handlers.get(channel)?.(event, argument);

/** The studio as the page gets it. */
function studioOfPage() {
  ipcMain.emit(CHANNELS.connect, { sender: webContents, senderFrame: main });
  const ports = webContents.sent.at(-1)?.ports;
  if (!Array.isArray(ports)) throw new Error('The page got no port.');
  const [port] = ports as [FakeChannel['port2']];
  return connect(electronPort(port), studioContract);
}

it.each([
  ['a frame in the page', { sender: webContents, senderFrame: { ...main, parent: main } }],
  ['another page', { sender: webContents, senderFrame: { ...main, origin: 'https://evil.example' } }],
  ['a frame that has gone', { sender: webContents, senderFrame: null }],
  ['another window', { sender: new FakeContents(), senderFrame: main }],
])('nothing answers %s', async (_name, event) => {
  for (const channel of [
    CHANNELS.connect,
    CHANNELS.frames,
    CHANNELS.drag,
    CHANNELS.remember,
    CHANNELS.listen,
  ])
    ipcMain.emit(channel, event, 'a.png');
  for (const channel of ipcMain.handlers.keys())
    expect(await invoke(channel, [], event)).toMatchObject({ error: { code: 'access/denied' } });
  expect(ipcMain.handlers.size).toBe(5);
  expect(webContents.sent).toEqual([]);
  expect(touched).not.toHaveBeenCalled();
});

it('the studio is behind a new port each time, and the one before is closed', async () => {
  const first = studioOfPage();
  await expect(first.changeSettings({ theme: 'light' })).resolves.toMatchObject({ theme: 'light' });
  const second = studioOfPage();
  await expect(first.changeSettings({})).rejects.toMatchObject({ code: 'engine/crashed' });
  await expect(second.changeSettings({})).resolves.toMatchObject({ theme: 'light' });
});

it('nothing outside the gallery is shown or saved, and the page is told so in a sentence', async () => {
  expect(await invoke(CHANNELS.reveal, '../settings.json')).toEqual({
    error: { code: 'image/missing', message: 'There is no picture "../settings.json" in the gallery.' },
  });
  expect(await invoke(CHANNELS.save, [{ address: '/secret.html' }])).toMatchObject({
    error: { code: 'image/missing' },
  });
  expect(touched).not.toHaveBeenCalled();
});

it('what is no file is not taken', async () => {
  expect(await invoke(CHANNELS.offer, ['nonsense', { name: 'x' }, { path: 7 }, null])).toEqual({ value: [] });
  expect(await invoke(CHANNELS.offer, 'nonsense')).toEqual({ value: [] });
  expect(await invoke(CHANNELS.save, ['nonsense', { name: 'x' }])).toEqual({ value: null });
});
