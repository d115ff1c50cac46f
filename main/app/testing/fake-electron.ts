/** The part of Electron that the desktop door uses, as far as a test needs it to answer; types are Electron's own. */
import { EventEmitter } from 'node:events';
import { vi } from 'vitest';
import type { ElectronModules } from '../desktop.ts';

/** An event that can be prevented. */
export class FakeEvent {
  prevented = false;
  preventDefault = (): void => void (this.prevented = true);
}

export class FakeContents extends EventEmitter {
  /** How the page of every window loads. */
  static load: () => Promise<void> = () => Promise.resolve();
  /** What the page was told. */
  readonly sent: { channel: string; message: unknown; ports?: unknown }[] = [];
  readonly loadURL = vi.fn(() => FakeContents.load());
  send(channel: string, message: unknown): void {
    this.sent.push({ channel, message });
  }
  postMessage(channel: string, message: unknown, ports: unknown): void {
    this.sent.push({ channel, message, ports });
  }
}

export class FakeWindow extends EventEmitter {
  static all: FakeWindow[] = [];
  readonly webContents = new FakeContents();
  readonly focus = vi.fn();
  #destroyed = false;
  constructor() {
    super();
    FakeWindow.all.push(this);
  }
  show = (): void => undefined;
  close(): void {
    this.emit('close');
    this.#destroyed = true;
    this.emit('closed');
  }
  isDestroyed = (): boolean => this.#destroyed;
  isMinimized = (): boolean => false;
  isMaximized = (): boolean => false;
  getNormalBounds = (): object => ({ x: 10, y: 20, width: 1200, height: 800 });
}

/** Two ports that are each other's other side. */
class FakePort extends EventEmitter {
  other: FakePort | undefined;
  postMessage(data: unknown): void {
    queueMicrotask(() => this.other?.emit('message', { data }));
  }
  start = (): void => undefined;
  close(): void {
    this.emit('close');
    this.other?.emit('close');
  }
}

export class FakeChannel {
  readonly port1 = new FakePort();
  readonly port2 = new FakePort();
  constructor() {
    this.port1.other = this.port2;
    this.port2.other = this.port1;
  }
}

export class FakeIpcMain extends EventEmitter {
  readonly handlers = new Map<string, (event: unknown, argument: unknown) => Promise<unknown>>();
  handle = (channel: string, handler: (event: unknown, argument: unknown) => Promise<unknown>): void =>
    void this.handlers.set(channel, handler);
}

class FakeApp extends EventEmitter {
  isPackaged = true;
  lock = true;
  readonly quit = vi.fn();
  readonly exit = vi.fn();
  readonly relaunch = vi.fn();
  readonly addRecentDocument = vi.fn();
  setPath = (): void => undefined;
  requestSingleInstanceLock = (): boolean => this.lock;
  whenReady = (): Promise<void> => Promise.resolve();
}

export class FakeElectron {
  readonly app = new FakeApp();
  readonly ipcMain = new FakeIpcMain();
  readonly dialog = { showErrorBox: vi.fn() };
  readonly registered = vi.fn();

  constructor() {
    FakeWindow.all = [];
    FakeContents.load = () => Promise.resolve();
  }

  /** What is used of modules that are far larger. */
  get modules(): ElectronModules {
    const nothing = (): void => undefined;
    const modules = {
      app: this.app,
      BrowserWindow: FakeWindow,
      dialog: this.dialog,
      ipcMain: this.ipcMain,
      Menu: { buildFromTemplate: nothing, setApplicationMenu: nothing },
      MessageChannelMain: FakeChannel,
      nativeImage: {},
      protocol: { registerSchemesAsPrivileged: this.registered, handle: nothing },
      screen: { getAllDisplays: () => [] },
      session: {
        fromPartition: () => ({}),
        defaultSession: {
          setPermissionRequestHandler: nothing,
          setPermissionCheckHandler: nothing,
          setDevicePermissionHandler: nothing,
          setProxy: nothing,
          webRequest: { onBeforeRequest: nothing },
        },
      },
      shell: {},
      utilityProcess: {},
    };
    return modules as unknown as ElectronModules;
  }
}
