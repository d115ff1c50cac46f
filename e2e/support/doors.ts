/** The two doors to the same window: a browser tab on the served studio, and the desktop program. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { _electron, type BrowserContext, type ElectronApplication, type Page } from '@playwright/test';
import { startServer, type Server } from './server.ts';

export interface Door {
  /** Starts the program and opens its window; a tab that is open already is left to find the program again by itself. */
  open(): Promise<Page>;
  /** The process that everything else hangs on. */
  readonly pid: number;
  /** As its user ends it. */
  quit(): Promise<void>;
  /** As `kill -9` does. */
  kill(): Promise<void>;
}

export function browserDoor(home: string, context: BrowserContext): Door {
  let server: Server | undefined;
  let page: Page | undefined;
  return {
    async open() {
      // The same address again: a page looks for the program where it left it.
      server = await startServer(home, server === undefined ? 0 : Number(new URL(server.url).port));
      if (page === undefined) {
        page = await context.newPage();
        await page.goto(server.url);
      }
      return page;
    },
    get pid() {
      return server?.pid ?? 0;
    },
    quit: async () => server?.quit(),
    kill: async () => server?.kill(),
  };
}

export function desktopDoor(home: string): Door {
  let app: ElectronApplication | undefined;
  return {
    async open() {
      app = await _electron.launch({
        args: [join(import.meta.dirname, '..', '..')],
        env: { ...environment(), REVERIE_HOME: home },
      });
      return app.firstWindow();
    },
    get pid() {
      return app?.process().pid ?? 0;
    },
    quit: async () => app?.close(),
    async kill() {
      const ended = new Promise((resolve) => app?.process().once('exit', resolve));
      app?.process().kill('SIGKILL');
      await ended;
    },
  };
}

/** Why the desktop program cannot run here, in a sentence; `null` when it can. */
export function whyNoDesktop(): string | null {
  if (electronProgram() === null)
    return "Electron's program is not on this machine (npx install-electron brings it).";
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && DISPLAY === undefined && WAYLAND_DISPLAY === undefined)
    return 'There is no display to open a desktop window on.';
  return null;
}

/** The package names its program in a file beside it, once it has been brought. */
function electronProgram(): string | null {
  try {
    const folder = join(createRequire(import.meta.url).resolve('electron/package.json'), '..');
    return existsSync(join(folder, 'path.txt')) ? folder : null;
  } catch {
    return null;
  }
}

function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
