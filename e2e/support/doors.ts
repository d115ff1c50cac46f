/** The two doors to the same window: a browser tab on the served studio, and the desktop program (desktop-door.ts). */
import { join } from 'node:path';
import type { BrowserContext, Download, Page } from '@playwright/test';
import { LONGEST_MS } from './options.ts';
import { startServer, type Server } from './server.ts';

/** How a program is started; a browser's tab knows nothing of it. */
export interface Start {
  /** What stands behind the program's name on the command line. */
  readonly words?: readonly string[];
  readonly cwd?: string;
}

export interface Door {
  /** Starts the program and opens its window; a tab that is open already is left to find the program again by itself. */
  open(start?: Start): Promise<Page>;
  /** The process that everything else hangs on. */
  readonly pid: number;
  /** As its user ends it. */
  quit(): Promise<void>;
  /** As `kill -9` does. */
  kill(): Promise<void>;
  /** Does what leads to one saved file, and has it at a path. */
  saveFile(begin: () => Promise<void>, path: string): Promise<void>;
  /** Does what leads to so many saved files, and has them in a folder; their paths. */
  saveFiles(begin: () => Promise<void>, folder: string, count: number): Promise<readonly string[]>;
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
    async saveFile(begin, path) {
      const [download] = await downloads(opened(page), 1, begin);
      await download?.saveAs(path);
    },
    async saveFiles(begin, folder, count) {
      const paths: string[] = [];
      for (const download of await downloads(opened(page), count, begin)) {
        const path = join(folder, download.suggestedFilename());
        await download.saveAs(path);
        paths.push(path);
      }
      return paths;
    },
  };
}

/** Downloads come one by one; one limit ends the waiting. */
async function downloads(page: Page, count: number, begin: () => Promise<void>): Promise<Download[]> {
  const found: Download[] = [];
  const enough = page.waitForEvent('download', {
    timeout: LONGEST_MS,
    predicate: (download) => found.push(download) === count,
  });
  await Promise.all([enough, begin()]);
  return found;
}

function opened(page: Page | undefined): Page {
  if (page === undefined) throw new Error('The window has not been opened.');
  return page;
}
