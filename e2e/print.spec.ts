/** A patch that works anywhere is shown, saved and printed; a photo of a print is straightened and shown to the network. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { writePhoto } from './support/photos.ts';
import { expectNoViolations } from './support/sound.ts';
import { expect, test } from './support/test.ts';

test('a patch is made for anywhere, printed, and found again on its sheet', async ({ studio, folder }) => {
  const { page } = studio;
  await studio.drop(await writePhoto(join(folder, 'garden.png')));
  await studio.button('Make a network see something else').click();
  await page.getByLabel('Method').selectOption('patch');
  await page.getByLabel('Placement').selectOption('anywhere');
  await studio.set({ Steps: '2' });
  await page.getByText('More', { exact: true }).click();
  for (const label of ['Samples', 'Fresh views']) {
    const box = page.getByRole('textbox', { name: label, exact: true });
    await box.fill('4');
    await box.press('Tab');
  }
  await studio.button('Attack').click();
  const section = page.getByRole('region', { name: 'The patch' });
  await expect(section).toBeVisible();
  await expect(page.getByRole('region', { name: 'Camera preview' })).toContainText(
    /of 4 random views, with the patch somewhere else in each, fool the network/,
  );
  const patch = join(folder, 'patch.png');
  await studio.save(() => section.getByRole('button', { name: 'Save the patch' }).click(), patch);
  expect((await sharp(await readFile(patch)).metadata()).hasAlpha).toBe(true);
  const sheet = join(folder, 'sheet.png');
  await studio.save(() => section.getByRole('button', { name: 'Save a sheet to print' }).click(), sheet);
  for (const theme of ['dark', 'light'] as const) {
    await studio.wear(theme);
    await expectNoViolations(page, `a patch, ${theme}`);
  }

  await page.getByText('Read a print').click();
  const turned = join(folder, 'taken.jpg');
  await sharp(await readFile(sheet))
    .rotate(8, { background: '#777' })
    .jpeg({ quality: 80 })
    .toFile(turned);
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    studio.button('Add a photo of a print').click(),
  ]);
  await chooser.setFiles(turned);
  await expect(page.getByRole('list', { name: 'Likeliest classes in the print' })).toContainText('%');
  await expect(page.getByRole('img', { name: 'What is on the sheet, straightened' })).toBeVisible();
  await expectNoViolations(page, 'a print');

  await page.getByRole('button', { name: 'Change photo of a print' }).click();
  await page.getByRole('main').getByRole('button', { name: 'garden', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText(
    'The four corner markers of a printed sheet cannot be found',
  );
});
