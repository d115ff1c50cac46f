/**
 * End-to-end specs: the same ones in the desktop program and in a browser. `npm run e2e` builds first and finds a browser
 * and an Electron; its choice comes in REVERIE_BROWSER, REVERIE_ELECTRON and REVERIE_APP.
 */
import { availableParallelism } from 'node:os';
import { defineConfig, devices } from '@playwright/test';
import type { DoorOption } from './e2e/support/options.ts';
import { canSandbox } from './e2e/support/sandbox.ts';

const browser = process.env['REVERIE_BROWSER'];

export default defineConfig<DoorOption>({
  testDir: 'e2e',
  outputDir: 'test-results/e2e',
  // Specs wait for half of their time. Each has a studio of its own, whose engine has one processor (scripts/e2e.mjs).
  workers: Math.max(1, Math.min(4, availableParallelism())),
  fullyParallel: true,
  // For machines that do ten other things: whoever passes does not wait for them.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    ...devices['Desktop Chrome'],
    actionTimeout: 30_000,
    locale: 'en-GB',
    screenshot: 'only-on-failure',
    // A trace costs an eighth of the time of every spec: `npm run e2e -- --trace on` makes one of what failed.
    launchOptions: {
      ...(browser === undefined ? {} : { executablePath: browser }),
      chromiumSandbox: canSandbox(),
      // Debian's Chromium asks for the opposite, which a machine without a card computes on its processors, more slowly.
      args: ['--disable-gpu-rasterization'],
    },
  },
  projects: [
    { name: 'browser', testIgnore: 'desktop/**', use: { door: 'browser' } },
    { name: 'desktop', use: { door: 'desktop' } },
    { name: 'screenshots', testMatch: 'screenshots.ts' },
  ],
});
