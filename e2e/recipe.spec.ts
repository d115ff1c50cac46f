/** A picture holds its recipe: dropped on another studio, it brings back the run, and the run gives the same picture. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { writePhoto } from './support/photos.ts';
import { QUICK } from './support/studio.ts';
import { expect, test } from './support/test.ts';

test('a run is restored from its PNG alone', async ({ studio, folder, home }) => {
  const photo = await writePhoto(join(folder, 'garden.png'));
  await studio.layOnDesk(photo);
  await studio.set({ ...QUICK, Strength: '3.5' });
  await studio.page.getByText('More', { exact: true }).click();
  await studio.set({ Seed: '1234' });
  await studio.button('Dream').click();
  await studio.expectFinished();
  const picture = join(folder, 'from-a-friend.png');
  await studio.button('Export…').click();
  const dialog = studio.page.getByRole('dialog', { name: 'Export' });
  await studio.save(() => dialog.getByRole('button', { name: 'Save…' }).click(), picture);
  await dialog.getByRole('button', { name: 'Close' }).click();
  const first = await readFile(picture);

  await studio.quit();
  await rm(home, { recursive: true });
  await mkdir(home);
  await studio.forgetPage();
  await studio.start();
  await studio.drop(photo, picture);
  await studio.picture('from-a-friend').click();
  await studio.button('Dream its recipe again').click();
  await expect(studio.page.getByRole('textbox', { name: 'Strength', exact: true })).toHaveValue('3.5');
  await expect(studio.page.getByRole('textbox', { name: 'Octaves', exact: true })).toHaveValue('2');
  await studio.button('Dream').click();
  await studio.expectFinished();
  const again = await readFile(join(home, 'gallery', 'garden-dream.png'));
  expect(await pixelsOf(again)).toEqual(await pixelsOf(first));
});

test('a recipe whose photo is not there says so, and the picture can still be dreamed on', async ({
  studio,
  folder,
  home,
}) => {
  await studio.layOnDesk(await writePhoto(join(folder, 'garden.png')));
  await studio.set(QUICK);
  await studio.button('Dream').click();
  await studio.expectFinished();
  await rm(join(home, 'gallery', 'garden.png'));
  await studio.quit();
  await studio.start();
  await studio.go('Gallery');
  await studio.picture('garden-dream').click();
  await studio.button('Dream its recipe again').click();
  await expect(studio.page.getByRole('alert')).toHaveText(
    /started from "garden\.png", which is not in the gallery/,
  );
  await studio.go('Gallery');
  await studio.button('Continue from here').click();
  await studio.button('Dream').click();
  await studio.expectFinished();
});

async function pixelsOf(png: Buffer): Promise<Buffer> {
  return sharp(png).removeAlpha().raw().toBuffer();
}
