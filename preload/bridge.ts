/** Runs sandboxed before the page: puts the few things of shared/studio/bridge.ts on it, and hands ports through. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import {
  STUDIO_PORT,
  framesPort,
  type Bridge,
  type DesktopCommand,
  type Reply,
} from '../shared/studio/bridge.ts';
import { CHANNELS, type OfferedItem } from '../shared/studio/bridge-channels.ts';

/** The part of the page's window that is used here, where Node's types are. */
interface PageWindow {
  postMessage(message: unknown, targetOrigin: string, transfer: readonly unknown[]): void;
  location: { origin: string };
}
declare const window: PageWindow;

/** Paths never reach the page: it holds files that the user gave it, and the system knows where they lie. */
async function itemOf(file: File): Promise<OfferedItem> {
  const path = webUtils.getPathForFile(file);
  return path === '' ? { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) } : { path };
}

const bridge: Bridge = {
  platform: process.platform,
  connect: () => ipcRenderer.send(CHANNELS.connect),
  connectFrames: (job) => ipcRenderer.send(CHANNELS.frames, job),
  async offer(files) {
    const items = await Promise.all(files.map(itemOf));
    return ipcRenderer.invoke(CHANNELS.offer, items) as Promise<Reply<readonly string[]>>;
  },
  save: (items) => ipcRenderer.invoke(CHANNELS.save, items),
  reveal: (picture) => ipcRenderer.invoke(CHANNELS.reveal, picture),
  show: (what) => ipcRenderer.invoke(CHANNELS.show, what),
  storage: () => ipcRenderer.invoke(CHANNELS.storage),
  remember: (key, value) => ipcRenderer.send(CHANNELS.remember, key, value),
  startDrag: (picture) => ipcRenderer.send(CHANNELS.drag, picture),
  onCommand(handler) {
    ipcRenderer.on(CHANNELS.command, (_event, command: DesktopCommand) => handler(command));
    ipcRenderer.send(CHANNELS.listen);
  },
};

contextBridge.exposeInMainWorld('reverie', bridge);
ipcRenderer.on(CHANNELS.connect, ({ ports }) =>
  window.postMessage(STUDIO_PORT, window.location.origin, ports),
);
ipcRenderer.on(CHANNELS.frames, ({ ports }, job: string) =>
  window.postMessage(framesPort(job), window.location.origin, ports),
);
