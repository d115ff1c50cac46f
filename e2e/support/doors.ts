/** The two doors to the same window: a browser tab on the served studio, and the desktop program. */
import { join } from 'node:path';
import { _electron, type BrowserContext, type ElectronApplication, type Page } from '@playwright/test';
import { sandboxWords } from './sandbox.ts';
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

/** The program and the application that `npm run e2e` has found; without them, the package's own and the sources' build. */
const program = process.env['REVERIE_ELECTRON'];
const application = process.env['REVERIE_APP'] ?? join(import.meta.dirname, '..', '..');

export function desktopDoor(home: string): Door {
  let app: ElectronApplication | undefined;
  return {
    async open() {
      app = await _electron.launch({
        ...(program === undefined ? {} : { executablePath: program }),
        args: [...sandboxWords(), application],
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

function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
