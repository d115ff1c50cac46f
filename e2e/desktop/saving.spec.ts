/** Saving through the system's dialogs: one dialog each time, nothing said before it is true, and nothing replaced unasked. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { writePhoto } from '../support/photos.ts';
import { QUICK } from '../support/studio.ts';
import { expect, test } from './desktop-test.ts';

test('a picture is saved under the name that was chosen, or not at all, or it is told why not', async ({
  studio,
  desktop,
  folder,
}) => {
  await studio.drop(await writePhoto(join(folder, 'garden.png')));
  await studio.picture('garden').click();
  await studio.button('Export…').click();
  const dialog = studio.page.getByRole('dialog', { name: 'Export' });
  const save = dialog.getByRole('button', { name: 'Save…' });

  await desktop.answer(null);
  await save.click();
  await expect.poll(() => desktop.dialogs()).toBe(1);
  await expect(save).toBeEnabled();
  await expect(dialog.getByText(/^Saved as/)).toHaveCount(0);

  await desktop.answer(join(folder, 'no such folder', 'a.png'));
  await save.click();
  await expect(dialog.getByRole('alert')).toHaveText(
    /^".+a\.png" cannot be written: the folder ".+no such folder" does not exist\.\s*$/,
  );

  await desktop.answer(join(folder, 'chosen.png'));
  await save.click();
  await expect(dialog.getByRole('status')).toHaveText('Saved as chosen.png.');
  expect(await desktop.dialogs()).toBe(1);
  expect((await sharp(join(folder, 'chosen.png')).metadata()).width).toBe(128);
});

test('several pictures go into one folder, beside what lies there', async ({ studio, desktop, folder }) => {
  const album = join(folder, 'album');
  await mkdir(album);
  await writeFile(join(album, 'one.png'), 'somebody else’s');
  await studio.drop(
    await writePhoto(join(folder, 'one.png'), 64, 48, 1),
    await writePhoto(join(folder, 'two.png'), 64, 48, 2),
  );
  await expect(studio.pictures).toHaveCount(2);
  await studio.pictures.first().click();
  await studio.page.keyboard.press('ControlOrMeta+a');
  await desktop.choose('Export…');
  const dialog = studio.page.getByRole('dialog', { name: 'Export' });
  await desktop.answer(album);
  await dialog.getByRole('button', { name: 'Save…' }).click();
  await expect(dialog.getByRole('status')).toHaveText('Saved as album.');
  expect(await desktop.dialogs()).toBe(1);
  expect((await readdir(album)).sort()).toEqual(['one 2.png', 'one.png', 'two.png']);
  expect(await readFile(join(album, 'one.png'), 'utf8')).toBe('somebody else’s');
});

test('a film is saved after the dialog, and not when that is cancelled; steps keep apart from earlier ones', async ({
  studio,
  desktop,
  folder,
}) => {
  await studio.layOnDesk(await writePhoto(join(folder, 'garden.png')));
  await studio.set(QUICK);
  await studio.button('Dream').click();
  await studio.expectFinished();
  await studio.button('Export…').click();
  const dialog = studio.page.getByRole('dialog', { name: 'Export' });
  const make = dialog.getByRole('button', { name: 'Make the film' });
  await desktop.answer(null);
  await make.click();
  await expect.poll(() => desktop.dialogs()).toBe(1);
  await expect(make).toBeVisible();
  await expect(dialog.getByText(/^Saved as/)).toHaveCount(0);

  const film = join(folder, 'chosen.webm');
  await desktop.answer(film);
  await make.click();
  await expect(dialog.getByText('Saved as chosen.webm.')).toBeVisible();
  expect(existsSync(film)).toBe(true);
  expect(await desktop.dialogs()).toBe(1);

  const steps = join(folder, 'steps');
  await mkdir(steps);
  await desktop.answer(steps);
  const saveSteps = dialog.getByRole('button', { name: 'Save the steps…' });
  await saveSteps.click();
  await expect(dialog.getByText('Saved as steps.')).toBeVisible();
  await saveSteps.click();
  await expect(dialog.getByText('Saved as garden-steps.')).toBeVisible();
  const names = await readdir(join(steps, 'garden-steps'));
  expect(names).toHaveLength(8);
  expect((await readdir(steps)).sort()).toEqual(['garden-steps', ...names].sort());
});
