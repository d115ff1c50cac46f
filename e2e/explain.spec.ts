/** What speaks for a class in a photo: asked for, looked at, kept, and found again in the picture's recipe. */
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writePhoto } from './support/photos.ts';
import { expect, test } from './support/test.ts';

test('a photo is explained by several methods, kept, and explained again from its recipe', async ({
  studio,
  folder,
}) => {
  const { page } = studio;
  await studio.drop(await writePhoto(join(folder, 'garden.png')));
  await studio.picture('garden').click();
  await studio.button('Explain what a network sees').click();
  await expect(page.getByRole('img', { name: /^Guided backprop of garden for / })).toBeVisible();
  await expect(page.getByRole('img', { name: /^Grad-CAM of garden for / })).toBeVisible();
  const classes = page.getByRole('list', { name: 'Likeliest classes' }).getByRole('button');
  await expect(classes).toHaveCount(5);
  const second = classes.nth(1);
  const label = (await second.locator('.cut').textContent()) ?? '';
  await second.click();
  await expect(page.getByRole('img', { name: `Guided backprop of garden for ${label}` })).toBeVisible();

  await page.getByRole('checkbox', { name: 'Integrated gradients' }).check();
  await page.getByRole('checkbox', { name: 'Grad-CAM', exact: true }).uncheck();
  await studio.button('Explain').click();
  await expect(page.getByText(/^Completeness gap /)).toBeVisible();
  const numbers = join(folder, 'numbers');
  await mkdir(numbers);
  const files = await studio.saveAll(() => studio.button('Save .npy').click(), numbers, 2);
  for (const file of files) expect((await readFile(file)).subarray(1, 6).toString('latin1')).toBe('NUMPY');
  const explainers = await studio.saveAll(() => studio.button('Save .onnx').click(), numbers, 4);
  expect(explainers.map((file) => basename(file)).sort()).toEqual([
    'explainer-guided-backprop.json',
    'explainer-guided-backprop.onnx',
    'explainer-integrated-gradients.json',
    'explainer-integrated-gradients.onnx',
  ]);

  await studio.button('Keep in the gallery').click();
  await expect(page.getByText('Kept in the gallery as garden-explain.png.')).toBeVisible();
  await page.getByRole('checkbox', { name: 'Occlusion' }).check();
  await studio.go('Gallery');
  await studio.picture('garden-explain').click();
  await studio.button('Explain it again').click();
  await expect(page.getByRole('checkbox', { name: 'Integrated gradients' })).toBeChecked();
  await expect(page.getByRole('checkbox', { name: 'Occlusion' })).not.toBeChecked();
});

test('a target that is not there is refused in a sentence', async ({ studio, folder }) => {
  const { page } = studio;
  await studio.drop(await writePhoto(join(folder, 'garden.png')));
  await studio.picture('garden').click();
  await studio.button('Explain what a network sees').click();
  await expect(page.getByRole('img', { name: /^Grad-CAM of garden/ })).toBeVisible();
  await page.getByLabel('Target').fill('class:no such animal');
  await page.getByLabel('Target').press('Tab');
  await studio.button('Explain').click();
  await expect(page.getByRole('alert')).toHaveText(/no class called "no such animal"/);
});
