/** What every spec begins with: a fresh studio in an empty folder, opened in the door of its project. */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, type Browser } from '@playwright/test';
import type { DoorOption } from './options.ts';
import { desktopDoor } from './desktop-door.ts';
import { browserDoor, type Door } from './doors.ts';
import { Studio } from './studio.ts';

export { expect } from '@playwright/test';

interface Fixtures {
  /** A folder of the test's own. */
  folder: string;
  /** Where the studio keeps its state: `gallery` and `models` exist, to be filled before it is opened. */
  home: string;
  /** The door of the project, closed. */
  program: Door;
  /** For tests that start it in a way of their own. What it complains about on the page's console fails the test. */
  unopened: Studio;
  /** Opened. */
  studio: Studio;
}

interface WorkerFixtures {
  /**
   * What studios of this worker have found out about the devices of the machine, in a folder for each door: trying them costs
   * seconds of a processor, so only the first studio that is asked tries them.
   */
  knownDevices: string;
  /** Only specs in the browser start one. */
  startBrowser: () => Promise<Browser>;
}

export const test = base.extend<DoorOption & Fixtures, WorkerFixtures>({
  door: ['browser', { option: true }],

  startBrowser: [
    async ({ playwright }, use) => {
      let browser: Promise<Browser> | undefined;
      await use(() => (browser ??= playwright.chromium.launch()));
      await (await browser)?.close();
    },
    { scope: 'worker' },
  ],

  knownDevices: [
    // oxlint-disable-next-line no-empty-pattern -- the pattern tells Playwright which fixtures are wanted
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'reverie-devices-'));
      await use(folder);
      await rm(folder, { recursive: true });
    },
    { scope: 'worker' },
  ],

  // oxlint-disable-next-line no-empty-pattern -- the pattern tells Playwright which fixtures are wanted
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'reverie-e2e-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  },

  home: async ({ folder, door, knownDevices }, use) => {
    const home = join(folder, 'home');
    for (const name of ['gallery', 'models']) await mkdir(join(home, name), { recursive: true });
    const [known, found] = [join(knownDevices, door), join(home, 'devices')];
    await copyTried(known, found);
    await use(home);
    await copyTried(found, known);
  },

  program: async ({ door, home, startBrowser }, use) => {
    if (door === 'desktop') return use(desktopDoor(home));
    const context = await (await startBrowser()).newContext();
    await use(browserDoor(home, context));
    await context.close();
  },

  unopened: async ({ program }, use) => {
    const studio = new Studio(program);
    try {
      await use(studio);
    } finally {
      await studio.quit();
    }
    studio.expectNoComplaints();
  },

  studio: async ({ unopened }, use) => {
    await unopened.start();
    await use(unopened);
  },
});

/** Copies what is known of devices, but not of those whose trial has not ended. */
async function copyTried(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  const filter = async (path: string): Promise<boolean> =>
    !path.endsWith('.json') || !(await readFile(path, 'utf8')).includes('"trying"');
  await cp(from, to, { recursive: true, filter });
}
