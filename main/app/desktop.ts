/** The desktop program over Electron's modules, which are given to it: one window, one studio, one engine. */
import { handlersOf } from '../../shared/rpc/contract.ts';
import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type * as Electron from 'electron';
import { studioContract } from '../../shared/studio/contract.ts';
import type { DesktopCommand } from '../../shared/studio/bridge.ts';
import { CHANNELS } from '../../shared/studio/bridge-channels.ts';
import { listPageFiles } from '../doors/page-files.ts';
import { powerIn } from '../../shared/power.ts';
import { carryOn } from '../studio/jobs/carry-on.ts';
import { createEngineHost } from '../studio/engine/host.ts';
import { EnginePowerSwitch } from '../studio/engine/power.ts';
import { log } from '../log/log.ts';
import { logPath } from '../log/log-file.ts';
import { openLocked } from '../studio/files/open-locked.ts';
import type { Studio } from '../studio/studio.ts';
import { answerBridge } from './bridge-requests.ts';
import { desktopWeb } from './desktop-web.ts';
import { menuTemplate } from './menu.ts';
import { PAGE_ORIGIN, PRIVILEGES, SCHEME, answerPage } from './page-protocol.ts';
import { confineContents, confineSession, webPreferences } from './security.ts';
import { beginDesktopLog } from './desktop-log.ts';
import { utilityEngine } from './utility-engine.ts';
import { SMALLEST, keepWindowState, readWindowState } from './window-state.ts';

export type ElectronModules = Pick<
  typeof Electron,
  | 'app'
  | 'BrowserWindow'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'MessageChannelMain'
  | 'nativeImage'
  | 'net'
  | 'protocol'
  | 'screen'
  | 'session'
  | 'shell'
  | 'utilityProcess'
>;

export interface DesktopOptions {
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** Of this start, without the program itself. */
  readonly words: readonly string[];
  /** Built files: the engine's entry, the preload script, the folder of the page. */
  readonly engine: string;
  readonly preload: string;
  readonly page: string;
  /** Called when the window has been opened for the first time. */
  readonly whenOpen?: (studio: Studio) => Promise<void>;
}

/** Starts the program, or hands this start over to the one that runs already. */
export function startDesktop(electron: ElectronModules, options: DesktopOptions): void {
  const { app, protocol } = electron;
  app.setPath('userData', options.home);
  app.setPath('sessionData', join(options.home, 'window'));
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  beginDesktopLog(app, options.home);
  protocol.registerSchemesAsPrivileged([PRIVILEGES]);
  confineContents(app);
  const desktop = new Desktop(electron, options);
  app.on('second-instance', (_event, words, folder) =>
    desktop.openWords(words.slice(app.isPackaged ? 1 : 2), folder),
  );
  app.on('open-file', (event, path) => {
    event.preventDefault();
    desktop.open([path]);
  });
  app.on('window-all-closed', () => {
    if (options.platform !== 'darwin') app.quit();
  });
  app.on('activate', () => void desktop.show());
  app.on('before-quit', (event) => {
    if (!desktop.mayQuit()) event.preventDefault();
  });
  desktop.openWords(options.words, process.cwd());
  app
    .whenReady()
    .then(() => desktop.start())
    .catch((error: unknown) => {
      log.failure('program', 'It cannot start', error);
      electron.dialog.showErrorBox(
        'Reverie cannot start',
        error instanceof Error ? error.message : String(error),
      );
      app.exit(1);
    });
}

class Desktop {
  readonly #electron: ElectronModules;
  readonly #options: DesktopOptions;
  #window: Electron.BrowserWindow | undefined;
  #studio: Studio | undefined;
  #close: (() => Promise<void>) | undefined;
  #closing = false;
  #closed = false;
  /** Files to import once the page listens. */
  #waiting: string[] = [];
  #listening = false;

  constructor(electron: ElectronModules, options: DesktopOptions) {
    this.#electron = electron;
    this.#options = options;
  }

  async start(): Promise<void> {
    const {
      app,
      dialog,
      ipcMain,
      Menu,
      MessageChannelMain,
      nativeImage,
      net,
      protocol,
      session,
      shell,
      utilityProcess,
    } = this.#electron;
    const { home, platform } = this.#options;
    // The engine looks for networks where the studio keeps them.
    process.env['REVERIE_HOME'] = home;
    const engine = utilityEngine(utilityProcess);
    const power = new EnginePowerSwitch(engine.start, powerIn(process.env));
    const host = createEngineHost(this.#options.engine, {
      start: power.start,
      startTrial: power.beside(utilityEngine(utilityProcess).start),
    });
    const files = await listPageFiles(this.#options.page);
    const studio = await openLocked({
      home,
      engine: power.over(carryOn(host)),
      power,
      trash: (path) => shell.trashItem(path),
      directFrames: true,
      downloads: { web: desktopWeb(net, session.fromPartition('downloads', { cache: false })) },
    });
    this.#studio = studio;
    this.#close = async () => {
      await studio.close();
      await host.close();
    };
    confineSession(session.defaultSession);
    protocol.handle(SCHEME, (request) => answerPage(request, { files, resources: studio.resources }));
    answerBridge({
      ipcMain,
      dialog,
      shell,
      studio,
      handlers: handlersOf(studioContract, studio.service),
      connectWindow: (port) => engine.connectWindow(port),
      makeChannel: () => new MessageChannelMain(),
      iconOf: (path) => nativeImage.createFromPath(path),
      noteRecent: (path) => app.addRecentDocument(path),
      window: () => this.#window,
    });
    const template = menuTemplate(platform, app.isPackaged, {
      importFiles: () => void this.#choose(),
      exportPicture: () => this.#command({ command: 'export' }),
      openSettings: () => this.#command({ command: 'settings' }),
      showFolder: () => void shell.openPath(home),
      showLog: () => shell.showItemInFolder(logPath(home)),
      openHelp: (page) => this.#command({ command: 'help', page }),
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
    // The page asks for its port when it listens; commands that came before are told then.
    ipcMain.on(CHANNELS.connect, () => {
      this.#listening = true;
      this.open([]);
    });
    await this.show();
    await this.#options.whenOpen?.(studio);
  }

  /** Opens the window, or brings it to the front. */
  async show(): Promise<void> {
    if (this.#studio === undefined) return;
    if (this.#window !== undefined) {
      if (this.#window.isMinimized()) this.#window.restore();
      this.#window.focus();
      return;
    }
    const { BrowserWindow, screen } = this.#electron;
    const place = join(this.#options.home, 'window.json');
    const { bounds, maximised } = await readWindowState(place, screen);
    const window = new BrowserWindow({
      ...bounds,
      minWidth: SMALLEST.width,
      minHeight: SMALLEST.height,
      show: false,
      backgroundColor: '#111113',
      title: 'Reverie',
      webPreferences: webPreferences(this.#options.preload),
    });
    this.#window = window;
    this.#listening = false;
    if (maximised) window.maximize();
    keepWindowState(window, place);
    window.once('ready-to-show', () => window.show());
    window.on('closed', () => (this.#window = undefined));
    // A page that has died comes back; the studio has lost nothing by it.
    window.webContents.on('render-process-gone', () => window.reload());
    await window.loadURL(`${PAGE_ORIGIN}/`);
  }

  /** Paths on a command line; the flags of Electron and of test drivers are not for us. */
  openWords(words: readonly string[], folder: string): void {
    const paths = words.filter((word) => !word.startsWith('-')).map((word) => resolve(folder, word));
    this.open(paths.filter((path) => existsSync(path) && statSync(path).isFile()));
    void this.show();
  }

  /** Imports files that the system handed over. */
  open(paths: readonly string[]): void {
    this.#waiting.push(...paths);
    if (!this.#listening || this.#studio === undefined || this.#waiting.length === 0) return;
    const { offers } = this.#studio;
    const taken = this.#waiting.splice(0);
    const ids = taken.map((path) => offers.add({ path, name: basename(path), temporary: false }));
    this.#command({ command: 'import', offers: ids });
  }

  /** Whether everything is closed; if not, it is being closed, and then quits by itself. */
  mayQuit(): boolean {
    if (this.#closed || this.#close === undefined) return true;
    if (!this.#closing) {
      this.#closing = true;
      void this.#close().finally(() => {
        this.#closed = true;
        this.#electron.app.quit();
      });
    }
    return false;
  }

  async #choose(): Promise<void> {
    if (this.#window === undefined) return;
    const { canceled, filePaths } = await this.#electron.dialog.showOpenDialog(this.#window, {
      title: 'Import pictures and networks',
      properties: ['openFile', 'multiSelections'],
    });
    if (!canceled) this.open(filePaths);
  }

  #command(command: DesktopCommand): void {
    this.#window?.webContents.send(CHANNELS.command, command);
  }
}
