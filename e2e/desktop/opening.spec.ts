/** Files that the system hands over, however it does, and whenever: none is lost, and one that is not there is told. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { writePhoto } from '../support/photos.ts';
import { endBy, processWith } from '../support/processes.ts';
import { expect, test } from './desktop-test.ts';

/** A program that is started asks whether another one runs within that time, in ms. */
const START_MS = 8000;

test('files and folders on the command line are imported; what is not there is told by its name', async ({
  unopened: studio,
  folder,
}) => {
  await writePhoto(join(folder, 'near.png'), 64, 48, 1);
  const byAddress = pathToFileURL(await writePhoto(join(folder, 'by address.png'), 64, 48, 2)).href;
  await mkdir(join(folder, 'album'));
  await writePhoto(join(folder, 'album', 'inside.png'), 64, 48, 3);
  await studio.start({ cwd: folder, words: ['near.png', byAddress, 'album', 'missing.png'] });
  for (const name of ['near', 'by address', 'inside']) await expect(studio.picture(name)).toBeVisible();
  await expect(studio.pictures).toHaveCount(3);
  await expect(studio.refusals).toHaveText(/missing\.png.* cannot be read/);
});

test('a second start hands its files over, brings the window to the front and ends', async ({
  studio,
  desktop,
  folder,
}) => {
  await writePhoto(join(folder, 'second.png'));
  await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
  const second = desktop.spawn({ cwd: folder, words: ['second.png'] });
  await expect.poll(() => second.exitCode).toBe(0);
  await expect(studio.picture('second')).toBeVisible();
  const windows = await desktop.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => window.isMinimized()),
  );
  expect(windows).toEqual([false]);
});

test('a file that the system opens comes in, whatever the page is doing', async ({
  studio,
  desktop,
  folder,
  home,
}) => {
  const paths = await Promise.all(
    ['before', 'after'].map((name, seed) => writePhoto(join(folder, `${name}.png`), 64, 48, seed)),
  );
  // Neither is lost by a page that goes before it has taken it.
  await desktop.app.evaluate(({ app, BrowserWindow }, [before, after]) => {
    const open = (path = ''): boolean => app.emit('open-file', { preventDefault: () => undefined }, path);
    open(before);
    BrowserWindow.getAllWindows()[0]?.webContents.reload();
    open(after);
  }, paths);
  for (const name of ['before', 'after'])
    await expect.poll(() => existsSync(join(home, 'gallery', `${name}.png`))).toBe(true);
  expect(studio.page.isClosed()).toBe(false);
});

test('a start while the program is closing begins when that has ended, with its file', async ({
  studio,
  desktop,
  folder,
  home,
}) => {
  test.skip(process.platform === 'win32', 'Processes are listed and ended in another way there.');
  await studio.layOnDesk(await writePhoto(join(folder, 'garden.png')));
  await studio.set({ Octaves: '1', Steps: '500' });
  await studio.button('Dream').click();
  await studio.waitForStep(1);
  const late = await writePhoto(join(folder, 'late.png'), 64, 48);
  const ending = desktop.ending();
  // Closing waits for an engine that does not answer, here until the second program has surely started.
  studio.freezeEngine();
  await desktop.app.evaluate(({ app }) => app.quit());
  const second = desktop.spawn({ words: [late] });
  await sleep(START_MS);
  studio.thawEngine();
  await expect.poll(() => second.exitCode).toBe(0);
  expect(await ending).toBe(0);
  await expect.poll(() => existsSync(join(home, 'gallery', 'late.png'))).toBe(true);
  const begun = processWith(late);
  expect(begun, 'the program that was started while the first was closing').toBeDefined();
  expect(await endBy('SIGTERM', begun ?? 0)).toBe(true);
});
