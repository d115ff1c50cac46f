/** Closing at any moment: the program ends by itself, with 0, and leaves the studio free for the next start. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from './desktop-test.ts';

/** After the studio has begun to open: before the window, while it loads, and after that. */
const MOMENTS_MS = [0, 150, 300, 600, 1200];

test('a program that is told to end while it opens closes what it has opened, and ends with 0', async ({
  desktop,
  home,
}) => {
  test.skip(process.platform === 'win32', 'Windows has no such signal.');
  for (const moment of MOMENTS_MS) {
    const program = desktop.spawn({});
    const ended = once(program, 'exit');
    await expect.poll(() => existsSync(join(home, 'lock')), { intervals: [10] }).toBe(true);
    await sleep(moment);
    program.kill('SIGTERM');
    await ended;
    expect([program.exitCode, program.signalCode], `${moment} ms after it began to open`).toEqual([0, null]);
    expect(existsSync(join(home, 'lock')), 'the lock of the studio').toBe(false);
  }
});

test('a window that is closed while it loads ends the program with 0, without a word', async ({
  unopened: studio,
  desktop,
}) => {
  await studio.start();
  const ending = desktop.ending();
  await desktop.app.evaluate(({ BrowserWindow, dialog }) => {
    // A box would wait for somebody to press its button.
    dialog.showErrorBox = () => process.exit(3);
    const [window] = BrowserWindow.getAllWindows();
    window?.webContents.reload();
    window?.close();
  });
  expect(await ending).toBe(0);
});
