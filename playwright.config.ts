/**
 * End-to-end specs: the same ones in a browser and in the desktop program, and those of what only a desktop has. `npm run e2e`
 * builds first and finds a browser and an Electron; its choice comes in REVERIE_BROWSER, REVERIE_ELECTRON and REVERIE_APP.
 */
import { availableParallelism } from 'node:os';
import { defineConfig, devices } from '@playwright/test';
import { LONGEST_MS, type DoorOption } from './e2e/support/options.ts';
import { canSandbox } from './e2e/support/sandbox.ts';

const browser = process.env['REVERIE_BROWSER'];
const inCi = process.env['CI'] !== undefined;

export default defineConfig<DoorOption>({
  testDir: 'e2e',
  outputDir: 'test-results/e2e',
  // Specs wait for half of their time. Each has a studio of its own, whose engine has one processor (scripts/e2e.mjs).
  workers: Math.max(1, Math.min(4, availableParallelism())),
  fullyParallel: true,
  // No limit is a measure: what is waited for may come as late as on a machine that does ten other things.
  timeout: 5 * LONGEST_MS,
  expect: { timeout: LONGEST_MS },
  forbidOnly: inCi,
  // A display or a driver that fails once must not cost a whole run; what passes at the second try is told as flaky, with its error.
  retries: inCi ? 1 : 0,
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    ...devices['Desktop Chrome'],
    actionTimeout: LONGEST_MS,
    locale: 'en-GB',
    screenshot: 'only-on-failure',
    // It costs an eighth of the time of every spec: `npm run e2e -- --trace on` makes one of the first try.
    trace: 'on-first-retry',
    launchOptions: {
      ...(browser === undefined ? {} : { executablePath: browser }),
      chromiumSandbox: canSandbox(),
      // Debian's Chromium asks for the opposite, which a machine without a card computes on its processors, more slowly.
      args: ['--disable-gpu-rasterization'],
    },
  },
  projects: [
    { name: 'browser', testIgnore: 'desktop/**', use: { door: 'browser' } },
    { name: 'desktop', testMatch: 'desktop/*.spec.ts', use: { door: 'desktop' } },
    // What a page elsewhere finds is a browser's matter.
    {
      name: 'shared-in-desktop',
      testIgnore: ['desktop/**', 'exported-explainer.spec.ts'],
      use: { door: 'desktop' },
    },
    { name: 'screenshots', testMatch: 'screenshots.ts' },
  ],
});
