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
  openHandler: ((details: { url: string }) => unknown) | undefined;
  sent: { channel: string; message: unknown; ports?: unknown }[] = [];
  dragged: unknown[] = [];
  setWindowOpenHandler(handler: (details: { url: string }) => unknown): void {
    this.openHandler = handler;
  }
  send(channel: string, message: unknown): void {
    this.sent.push({ channel, message });
  }
  postMessage(channel: string, message: unknown, ports: unknown): void {
    this.sent.push({ channel, message, ports });
  }
  startDrag(item: unknown): void {
    this.dragged.push(item);
  }
}

export class FakeWindow extends EventEmitter {
  static all: FakeWindow[] = [];
  readonly webContents = new FakeContents();
  readonly options: unknown;
  url = '';
  shown = false;
  constructor(options: unknown) {
    super();
    this.options = options;
    FakeWindow.all.push(this);
  }
  loadURL(url: string): Promise<void> {
    this.url = url;
    return Promise.resolve();
  }
  show = (): void => void (this.shown = true);
  maximize = (): void => undefined;
  isMinimized = (): boolean => false;
  isMaximized = (): boolean => false;
  getNormalBounds = (): object => ({ x: 10, y: 20, width: 1200, height: 800 });
  focus = vi.fn();
  reload = vi.fn();
}

/** Two ports that are each other's other side. */
class FakePort extends EventEmitter {
  other: FakePort | undefined;
  started = false;
  closed = false;
  postMessage(data: unknown): void {
    queueMicrotask(() => this.other?.emit('message', { data }));
  }
  start = (): void => void (this.started = true);
  close(): void {
    this.closed = true;
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

interface Permissions {
  request?: Answerer;
  check?: () => boolean;
  device?: () => boolean;
  before?: Filter;
}
type Invocation = (event: unknown, argument: unknown) => Promise<unknown>;
type Protocol = (request: Request) => Promise<Response>;

class FakeApp extends EventEmitter {
  isPackaged = true;
  lock = true;
  readonly paths: Record<string, string> = {};
  readonly quit = vi.fn();
  readonly exit = vi.fn();
  readonly addRecentDocument = vi.fn();
  setPath = (name: string, path: string): void => void (this.paths[name] = path);
  requestSingleInstanceLock = (): boolean => this.lock;
  whenReady = (): Promise<void> => Promise.resolve();
}

class FakeIpcMain extends EventEmitter {
  readonly handlers = new Map<string, Invocation>();
  handle = (channel: string, handler: Invocation): void => void this.handlers.set(channel, handler);
}

export class FakeElectron {
  readonly app = new FakeApp();
  readonly ipcMain = new FakeIpcMain();
  readonly permissions: Permissions = {};
  readonly schemes: unknown[] = [];
  readonly protocols = new Map<string, Protocol>();
  readonly menus: unknown[] = [];
  readonly children: FakeUtility[] = [];
  readonly dialog = {
    showErrorBox: vi.fn(),
    showOpenDialog: vi.fn(() => Promise.resolve({ canceled: true, filePaths: [] as string[] })),
    showSaveDialog: vi.fn(() => Promise.resolve({ canceled: true, filePath: '' })),
  };
  readonly shell = {
    trashItem: vi.fn(() => Promise.resolve()),
    showItemInFolder: vi.fn(),
    openPath: vi.fn(),
  };

  constructor() {
    FakeWindow.all = [];
  }

  /** What is used of modules that are far larger. */
  get modules(): ElectronModules {
    const { app, ipcMain, permissions, schemes, protocols, menus, children, dialog, shell } = this;
    const modules = {
      app,
      BrowserWindow: FakeWindow,
      dialog,
      ipcMain,
      Menu: {
        buildFromTemplate: (template: unknown) => template,
        setApplicationMenu: (menu: unknown) => void menus.push(menu),
      },
      MessageChannelMain: FakeChannel,
      nativeImage: { createFromPath: (path: string) => ({ resize: () => ({ icon: path }) }) },
      protocol: {
        registerSchemesAsPrivileged: (list: unknown) => void schemes.push(list),
        handle: (scheme: string, handler: Protocol) => void protocols.set(scheme, handler),
      },
      screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
      session: {
        fromPartition: () => ({}),
        defaultSession: {
          setPermissionRequestHandler: (handler: Answerer) => void (permissions.request = handler),
          setPermissionCheckHandler: (handler: () => boolean) => void (permissions.check = handler),
          setDevicePermissionHandler: (handler: () => boolean) => void (permissions.device = handler),
          webRequest: { onBeforeRequest: (handler: Filter) => void (permissions.before = handler) },
        },
      },
      shell,
      utilityProcess: {
        fork: () => {
          const child = new FakeUtility();
          children.push(child);
          return child;
        },
      },
    };
    return modules as unknown as ElectronModules;
  }
}

type Answerer = (contents: unknown, permission: string, answer: (granted: boolean) => void) => void;
type Filter = (details: { url: string }, answer: (response: { cancel: boolean }) => void) => void;

export class FakeUtility extends EventEmitter {
  readonly pid = 4711;
  readonly stderr = null;
  readonly posted: unknown[] = [];
  readonly ports: unknown[] = [];
  postMessage(message: unknown, ports: readonly unknown[] = []): void {
    if (message !== null) this.posted.push(message);
    this.ports.push(...ports);
  }
  kill(): boolean {
    queueMicrotask(() => this.emit('exit', 0));
    return true;
  }
}
