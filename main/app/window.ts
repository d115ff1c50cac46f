/**
 * The program's one window: opened where it was, kept on the page of the studio and nothing else, and brought back when its page
 * dies. Commands for the page wait until it listens.
 */
import type { BrowserWindow as Window, Dialog, Screen, WebContents } from 'electron';
import { CHANNELS } from '../../shared/studio/bridge-channels.ts';
import type { DesktopCommand } from '../../shared/studio/bridge.ts';
import { PAGE_ADDRESS, isPage } from './page-protocol.ts';
import { webPreferences } from './security.ts';
import { SMALLEST, keepWindowState, readWindowState } from './window-state.ts';

/** A page that dies so often in so short a time would do so again. */
const DEATHS = 3;
const DEATHS_WITHIN_MS = 60_000;

export interface WindowOptions {
  readonly BrowserWindow: typeof Window;
  readonly dialog: Pick<Dialog, 'showMessageBox'>;
  readonly screen: Pick<Screen, 'getAllDisplays'>;
  /** Where its bounds are kept. */
  readonly place: string;
  readonly preload: string;
  /** Whether nobody has taken this file yet. */
  readonly isOffered: (offer: string) => boolean;
}

export class StudioWindow {
  readonly #options: WindowOptions;
  #window: Window | undefined;
  #opening: Promise<void> | undefined;
  #listening = false;
  #waiting: DesktopCommand[] = [];
  /** Imports that the page was told, until it has taken the files. */
  #told: DesktopCommand[] = [];
  #deaths: number[] = [];
  #kept: () => Promise<void> = () => Promise.resolve();

  constructor(options: WindowOptions) {
    this.#options = options;
  }

  /** The window that is open, if any. */
  get current(): Window | undefined {
    return this.#window;
  }

  /** Opens the window, or brings it to the front. @throws Error when the page cannot be loaded */
  async show(): Promise<void> {
    await this.#opening;
    if (this.#window === undefined) {
      this.#opening = this.#open().finally(() => (this.#opening = undefined));
      return this.#opening;
    }
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.focus();
  }

  /** Resolves when its place is kept. */
  async close(): Promise<void> {
    this.#window?.close();
    await this.#kept();
  }

  /** The page has said that it listens. Files that an earlier page was told of, and died before it took them, are told again. */
  listens(): void {
    this.#listening = true;
    for (const command of [...this.#told.splice(0), ...this.#waiting.splice(0)]) this.tell(command);
  }

  /** Tells the page, now or as soon as it listens. */
  tell(command: DesktopCommand): void {
    if (this.#window === undefined || !this.#listening) {
      this.#waiting.push(command);
      return;
    }
    this.#told = this.#told.filter((told) => this.#isOpen(told));
    if (!this.#isOpen(command)) return;
    if (command.command === 'import') this.#told.push(command);
    this.#window.webContents.send(CHANNELS.command, command);
  }

  #isOpen(command: DesktopCommand): boolean {
    return command.command !== 'import' || command.offers.some(this.#options.isOffered);
  }

  async #open(): Promise<void> {
    const { BrowserWindow, screen, place, preload } = this.#options;
    const { bounds, maximised } = await readWindowState(place, screen);
    const window = new BrowserWindow({
      ...bounds,
      minWidth: SMALLEST.width,
      minHeight: SMALLEST.height,
      show: false,
      backgroundColor: '#111113',
      title: 'Reverie',
      webPreferences: webPreferences(preload),
    });
    this.#window = window;
    if (maximised) window.maximize();
    this.#kept = keepWindowState(window, place);
    window.once('ready-to-show', () => window.show());
    window.on('closed', () => {
      this.#window = undefined;
      this.#listening = false;
    });
    const { webContents } = window;
    webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) this.#listening = false;
    });
    // Chromium asks nobody before it goes to about:blank.
    webContents.on('did-navigate', (_event, url) => {
      if (!isPage(url)) reload(webContents);
    });
    webContents.on('render-process-gone', () => void this.#revive(window));
    // Who closes a window while it loads has seen enough of it.
    const closing = new Promise<void>((resolve) => window.once('close', () => resolve()));
    await Promise.race([webContents.loadURL(PAGE_ADDRESS), closing]);
  }

  /** The studio has lost nothing by the death of its page. */
  async #revive(window: Window): Promise<void> {
    this.#listening = false;
    const now = Date.now();
    this.#deaths = [...this.#deaths.filter((death) => now - death < DEATHS_WITHIN_MS), now];
    if (this.#deaths.length >= DEATHS) {
      this.#deaths = [];
      const { response } = await this.#options.dialog.showMessageBox(window, {
        type: 'error',
        message: 'What the window shows has ended unexpectedly several times.',
        detail:
          'Jobs go on, and no picture is lost. The memory may be full: close other programs before you try again.',
        buttons: ['Show it again', 'Quit'],
      });
      if (response === 1) window.close();
    }
    if (!window.isDestroyed()) reload(window.webContents);
  }
}

/** From the beginning; what became of an earlier load does not matter any more. */
function reload(contents: WebContents): void {
  contents.loadURL(PAGE_ADDRESS).catch(() => undefined);
}
