/** The desktop program over Electron's modules, which are given to it: one studio, one engine, one window. */
import { basename, join } from 'node:path';
import type * as Electron from 'electron';
import { powerIn } from '../../shared/power.ts';
import { handlersOf } from '../../shared/rpc/contract.ts';
import type { DesktopCommand } from '../../shared/studio/bridge.ts';
import { studioContract } from '../../shared/studio/contract.ts';
import { listPageFiles } from '../doors/page-files.ts';
import { log } from '../log/log.ts';
import { createEngineHost } from '../studio/engine/host.ts';
import { EnginePowerSwitch } from '../studio/engine/power.ts';
import { logPath } from '../log/log-file.ts';
import { openLocked } from '../studio/files/open-locked.ts';
import { carryOn } from '../studio/jobs/carry-on.ts';
import type { Studio } from '../studio/studio.ts';
import { answerBridge } from './bridge-requests.ts';
import { parseCommandLine, type CommandLine } from './command-line.ts';
import { beginDesktopLog } from './desktop-log.ts';
import { desktopWeb } from './desktop-web.ts';
import { menuTemplate } from './menu.ts';
import { PageStorage } from './page-storage.ts';
import { PRIVILEGES, SCHEME, answerPage } from './page-protocol.ts';
import { confineContents, confineSession } from './security.ts';
import { utilityEngine } from './utility-engine.ts';
import { StudioWindow } from './window.ts';

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

interface DesktopOptions {
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** Of this start, the program first, as in `process.argv`. */
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
  const { app, dialog, protocol } = electron;
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
  const own = parseCommandLine(options.words, app.isPackaged, process.cwd());
  app.on('second-instance', (_event, words, folder) =>
    desktop.open(parseCommandLine(words, app.isPackaged, folder)),
  );
  app.on('open-file', (event, path) => {
    event.preventDefault();
    desktop.open({ ...own, paths: [path] });
  });
  app.on('activate', () => desktop.open({ ...own, paths: [] }));
  app.on('window-all-closed', () => {
    if (options.platform !== 'darwin') app.quit();
  });
  app.on('before-quit', (event) => {
    if (!desktop.mayQuit()) event.preventDefault();
  });
  app.on('quit', () => desktop.startAgain());
  desktop.open(own);
  app
    .whenReady()
    .then(() => desktop.start())
    .catch(async (error: unknown) => {
      log.failure('program', 'It cannot start', error);
      dialog.showErrorBox('Reverie cannot start', error instanceof Error ? error.message : String(error));
      await desktop.close();
      app.exit(1);
    });
}

const FOLDERS = ['openDirectory'] as const;

class Desktop {
  readonly #electron: ElectronModules;
  readonly #options: DesktopOptions;
  readonly #window: StudioWindow;
  #starting: Promise<void> | undefined;
  #studio: Studio | undefined;
  /** What closes what has been opened, the first first. */
  readonly #opened: (() => Promise<void>)[] = [];
  #closing: Promise<void> | undefined;
  #closed = false;
  /** Files and folders to import once there is a studio. */
  #waiting: string[] = [];
  /** A start that came too late for this program. */
  #again: CommandLine | undefined;

  constructor(electron: ElectronModules, options: DesktopOptions) {
    this.#electron = electron;
    this.#options = options;
    const { BrowserWindow, dialog, screen } = electron;
    const place = join(options.home, 'window.json');
    this.#window = new StudioWindow({
      BrowserWindow,
      dialog,
      screen,
      place,
      preload: options.preload,
      isOffered: (offer) => this.#studio?.offers.has(offer) ?? false,
    });
  }

  async start(): Promise<void> {
    if (this.#closing !== undefined) return;
    this.#starting = this.#openStudio();
    await this.#starting;
    if (this.#isClosing()) return;
    this.#import();
    await this.#window.show();
    if (this.#studio !== undefined) await this.#options.whenOpen?.(this.#studio);
  }

  /** Imports what the system or another start hands over, and shows the window. */
  open(start: CommandLine): void {
    if (this.#closing !== undefined) {
      this.#again = { own: start.own, paths: [...(this.#again?.paths ?? []), ...start.paths] };
      return;
    }
    this.#waiting.push(...start.paths);
    if (this.#studio === undefined) return;
    this.#import();
    this.#show();
  }

  /** Whether everything is closed; if not, it is being closed, and then quits by itself. */
  mayQuit(): boolean {
    if (!this.#closed) void this.close().then(() => this.#electron.app.quit());
    return this.#closed;
  }

  /** Closes what has been opened, once. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** For who started the program while it was closing: another one, which begins when this one has ended. */
  startAgain(): void {
    if (this.#again === undefined) return;
    const { own, paths } = this.#again;
    this.#electron.app.relaunch({ args: [...own, ...paths] });
  }

  async #openStudio(): Promise<void> {
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
      startProbe: power.beside(utilityEngine(utilityProcess).start),
    });
    this.#opened.push(() => host.close());
    const files = await listPageFiles(this.#options.page);
    const studio = await openLocked({
      home,
      engine: power.over(carryOn(host)),
      power,
      trash: (path) => shell.trashItem(path),
      directFrames: true,
      downloads: { web: desktopWeb(net, session.fromPartition('downloads', { cache: false })) },
    });
    this.#opened.push(() => studio.close());
    const storage = await PageStorage.open(join(home, 'page.json'));
    this.#opened.push(() => storage.close());
    this.#studio = studio;
    await confineSession(session.defaultSession);
    protocol.handle(SCHEME, (request) => answerPage(request, { files, resources: studio.resources }));
    answerBridge({
      ipcMain,
      dialog,
      shell,
      studio,
      storage,
      handlers: handlersOf(studioContract, studio.service),
      connectWindow: (port) => engine.connectWindow(port),
      makeChannel: () => new MessageChannelMain(),
      iconOf: (path) => nativeImage.createFromPath(path),
      noteRecent: (path) => app.addRecentDocument(path),
      window: () => this.#window.current,
      onListen: () => this.#window.listens(),
    });
    const template = menuTemplate(platform, app.isPackaged, {
      importFiles: () => void this.#choose(['openFile', ...(platform === 'darwin' ? FOLDERS : [])]),
      importFolder: () => void this.#choose(FOLDERS),
      exportPicture: () => this.#command({ command: 'export' }),
      openSettings: () => this.#command({ command: 'settings' }),
      showFolder: () => void shell.openPath(home),
      showLog: () => shell.showItemInFolder(logPath(home)),
      openHelp: (page) => this.#command({ command: 'help', page }),
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }

  async #close(): Promise<void> {
    await this.#window.close();
    // What is half open cannot be closed.
    await this.#starting?.catch(() => undefined);
    // The last first; one that cannot be closed in good order keeps none of the others open.
    for (const close of this.#opened.toReversed())
      await close().catch((error: unknown) =>
        log.failure('program', 'It was not closed in good order', error),
      );
    this.#closed = true;
  }

  #isClosing(): boolean {
    return this.#closing !== undefined;
  }

  #import(): void {
    if (this.#studio === undefined || this.#waiting.length === 0) return;
    const { offers } = this.#studio;
    const taken = this.#waiting.splice(0);
    for (const path of taken) this.#electron.app.addRecentDocument(path);
    const ids = taken.map((path) => offers.add({ path, name: basename(path), temporary: false }));
    this.#window.tell({ command: 'import', offers: ids });
  }

  #show(): void {
    this.#window.show().catch((error: unknown) => {
      log.failure('window', 'It cannot be shown', error);
      this.#electron.dialog.showErrorBox(
        'Reverie cannot show its window',
        error instanceof Error ? error.message : String(error),
      );
    });
  }

  async #choose(properties: readonly ('openFile' | 'openDirectory')[]): Promise<void> {
    const options = {
      title: 'Import pictures and networks',
      properties: [...properties, 'multiSelections' as const],
    };
    const { dialog } = this.#electron;
    const parent = this.#window.current;
    const { canceled, filePaths } = await (parent === undefined
      ? dialog.showOpenDialog(options)
      : dialog.showOpenDialog(parent, options));
    if (!canceled) this.open({ own: [], paths: filePaths });
  }

  #command(command: DesktopCommand): void {
    this.#window.tell(command);
    this.#show();
  }
}
