/** Answers the preload script, and only the page of our own window through it. */
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type {
  BrowserWindow,
  Dialog,
  IpcMain,
  IpcMainEvent,
  IpcMainInvokeEvent,
  MessageChannelMain,
  MessagePortMain,
  NativeImage,
  Shell,
} from 'electron';
import { ReverieError } from '../../shared/errors.ts';
import { electronPort } from '../../shared/rpc/electron-port.ts';
import { serve, type Handlers } from '../../shared/rpc/serve.ts';
import { isRecord } from '../../shared/schema.ts';
import type { Reply, SaveItem } from '../../shared/studio/bridge.ts';
import { CHANNELS, type OfferedItem } from '../../shared/studio/bridge-channels.ts';
import { disclose } from '../doors/disclosure.ts';
import { log } from '../log/log.ts';
import { logPath } from '../log/log-file.ts';
import { tidyName } from '../studio/gallery/file-names.ts';
import type { Studio } from '../studio/studio.ts';
import type { PageStorage } from './page-storage.ts';
import { PAGE_ORIGIN } from './page-protocol.ts';
import { saveItems } from './save-items.ts';

interface BridgeOptions {
  readonly ipcMain: Pick<IpcMain, 'on' | 'handle'>;
  readonly dialog: Pick<Dialog, 'showSaveDialog' | 'showOpenDialog'>;
  readonly shell: Pick<Shell, 'showItemInFolder' | 'openPath'>;
  readonly makeChannel: () => MessageChannelMain;
  readonly iconOf: (path: string) => NativeImage;
  /** Tells the system that a file was opened. */
  readonly noteRecent: (path: string) => void;
  readonly studio: Pick<Studio, 'offers' | 'resources' | 'gallery' | 'folders'>;
  readonly handlers: Handlers;
  readonly storage: Pick<PageStorage, 'all' | 'keep'>;
  /** Gives the engine its end of a port for the live picture. */
  readonly connectWindow: (port: MessagePortMain) => void;
  /** The window that is open, if any. */
  readonly window: () => BrowserWindow | undefined;
  /** The page is ready for commands. */
  readonly onListen: () => void;
}

const ICON_SIDE = 96;

export function answerBridge(options: BridgeOptions): void {
  const { ipcMain, dialog, shell, studio, handlers, storage, makeChannel, connectWindow, window, onListen } =
    options;
  const { resources } = studio;
  let closePort: () => void = () => undefined;

  /** The page of our window itself: no frame in it, no other page, no other window. */
  const isOurs = ({ sender, senderFrame }: IpcMainEvent | IpcMainInvokeEvent): boolean =>
    sender === window()?.webContents &&
    senderFrame !== null &&
    senderFrame.parent === null &&
    senderFrame.origin === PAGE_ORIGIN;
  const answer = (channel: string, work: (argument: unknown) => Promise<unknown>): void => {
    ipcMain.handle(channel, async (event, argument: unknown): Promise<Reply<unknown>> => {
      try {
        if (!isOurs(event))
          throw new ReverieError('access/denied', 'Only the window of Reverie may ask this.');
        return { value: await work(argument) };
      } catch (error) {
        return { error: disclose(error, channel) };
      }
    });
  };

  ipcMain.on(CHANNELS.connect, (event) => {
    if (!isOurs(event)) return;
    closePort();
    const { port1, port2 } = makeChannel();
    closePort = () => port1.close();
    serve(handlers, electronPort(port1), disclose);
    event.sender.postMessage(CHANNELS.connect, null, [port2]);
  });
  ipcMain.on(CHANNELS.frames, (event, job: unknown) => {
    if (!isOurs(event)) return;
    const { port1, port2 } = makeChannel();
    connectWindow(port1);
    event.sender.postMessage(CHANNELS.frames, job, [port2]);
  });
  answer(CHANNELS.offer, async (items) => {
    const offers = [];
    for (const item of Array.isArray(items) ? items.filter(isItem) : [])
      offers.push(await offer(item, options));
    return offers;
  });
  answer(CHANNELS.save, (items) => {
    const parent = window();
    const wanted = Array.isArray(items) ? items.filter(isSaveItem) : [];
    return parent === undefined ? Promise.resolve(null) : saveItems(wanted, { parent, dialog, resources });
  });
  answer(CHANNELS.reveal, (picture) => {
    shell.showItemInFolder(studio.gallery.path(String(picture)));
    return Promise.resolve(null);
  });
  answer(CHANNELS.storage, () => Promise.resolve(storage.all));
  ipcMain.on(CHANNELS.listen, (event) => {
    if (isOurs(event)) onListen();
  });
  ipcMain.on(CHANNELS.remember, (event, key: unknown, value: unknown) => {
    if (isOurs(event)) storage.keep(String(key), value);
  });
  answer(CHANNELS.show, async (what) => {
    const { home } = studio.folders;
    if (what === 'log') shell.showItemInFolder(logPath(home));
    else await shell.openPath(home);
    return null;
  });
  ipcMain.on(CHANNELS.drag, (event, picture: unknown) => {
    if (!isOurs(event)) return;
    // A picture that cannot be dragged stays where it is.
    drag(event, String(picture), options).catch((error: unknown) =>
      log.swallowed('window', 'A picture could not be dragged', error),
    );
  });
}

async function offer(item: OfferedItem, { studio, noteRecent }: BridgeOptions): Promise<string> {
  if ('path' in item) {
    noteRecent(item.path);
    return studio.offers.add({ path: item.path, name: basename(item.path), temporary: false });
  }
  const { stem, extension } = tidyName(item.name);
  const folder = join(studio.folders.uploads, randomUUID());
  const path = join(folder, `${stem}${extension}`);
  await mkdir(folder, { recursive: true });
  await writeFile(path, item.bytes);
  return studio.offers.add({ path, name: `${stem}${extension}`, temporary: true });
}

async function drag(
  { sender }: IpcMainEvent,
  picture: string,
  { studio, iconOf }: BridgeOptions,
): Promise<void> {
  const file = studio.gallery.path(picture);
  const icon = iconOf(await studio.gallery.thumbnail(picture)).resize({ width: ICON_SIDE });
  sender.startDrag({ file, icon });
}

function isSaveItem(value: unknown): value is SaveItem {
  if (!isRecord(value)) return false;
  return (
    typeof value['address'] === 'string' ||
    (typeof value['name'] === 'string' && value['bytes'] instanceof Uint8Array)
  );
}

function isItem(value: unknown): value is OfferedItem {
  if (!isRecord(value)) return false;
  return (
    typeof value['path'] === 'string' ||
    (typeof value['name'] === 'string' && value['bytes'] instanceof Uint8Array)
  );
}
