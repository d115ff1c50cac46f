/** The native menu: what it chooses comes into the window, and what it opens opens there. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNetwork } from '../support/network.ts';
import { writePhoto } from '../support/photos.ts';
import { expect, test } from './desktop-test.ts';

test('pictures, networks and folders come in by its dialogs, and are among the recent documents', async ({
  studio,
  desktop,
  folder,
}) => {
  const recent = await desktop.replace('app.addRecentDocument');
  const photo = await writePhoto(join(folder, 'garden.png'));
  await desktop.answer(photo);
  await desktop.choose('Import…');
  await expect(studio.picture('garden')).toBeVisible();

  const album = join(folder, 'album');
  await mkdir(join(album, 'inner'), { recursive: true });
  await writePhoto(join(album, 'lake.png'), 64, 48, 2);
  await writePhoto(join(album, 'inner', 'wood.png'), 64, 48, 3);
  await desktop.answer(album);
  await desktop.choose(process.platform === 'darwin' ? 'Import…' : 'Import Folder…');
  await expect(studio.picture('lake')).toBeVisible();
  await expect(studio.picture('wood')).toBeVisible();

  const [network] = writeNetwork(join(folder, 'tiny.onnx'));
  await desktop.answer(network);
  await desktop.choose('Import…');
  await expect(studio.page.getByRole('main', { name: 'Models' })).toBeVisible();
  const installed = studio.page.getByRole('list', { name: 'Installed networks' });
  await expect(installed.getByRole('button', { name: /^tiny/ })).toBeVisible();

  await desktop.answer(null);
  await desktop.choose('Import…');
  expect(await desktop.dialogs()).toBe(1);
  await expect(studio.refusals).toHaveCount(0);
  expect(await recent()).toEqual([[photo], [album], [network]]);
});

test('settings, export and the folder of the studio open', async ({ studio, desktop, folder, home }) => {
  const { page } = studio;
  await studio.drop(await writePhoto(join(folder, 'garden.png')));
  await studio.picture('garden').click();
  for (const [entry, title] of [
    ['Settings…', 'Settings'],
    ['Export…', 'Export'],
  ] as const) {
    await desktop.choose(entry);
    const dialog = page.getByRole('dialog', { name: title });
    await expect(dialog).toBeVisible();
    await dialog.getByRole('button', { name: 'Close' }).click();
  }
  const opened = await desktop.replace('shell.openPath', '');
  await desktop.choose('Show the Folder of Reverie');
  expect(await opened()).toEqual([[home]]);
});
