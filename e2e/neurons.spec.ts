/** The neuron lab: first filters, the map, a layer's atlas, a unit's page, a visualisation with its film, and dreaming with a unit. */
import { join } from 'node:path';
import { writeNetwork } from './support/network.ts';
import { writePhoto } from './support/photos.ts';
import { expect, test } from './support/test.ts';

test('a network is looked into, from its filters to the page of a unit', async ({ studio, folder }) => {
  const { page } = studio;
  const photos = await Promise.all(
    [1, 2, 3].map((seed) => writePhoto(join(folder, `photo${seed}.png`), 96, 72, seed)),
  );
  await studio.drop(...photos);
  await expect(studio.pictures).toHaveCount(3);
  await studio.drop(...writeNetwork(join(folder, 'tiny.onnx')));
  await expect(page.getByRole('main', { name: 'Models' })).toBeVisible();
  await studio.go('Neurons');
  await page.getByLabel('Network', { exact: true }).selectOption('tiny');
  await expect(page.getByRole('img', { name: '8 filters of 3 × 3 weights' })).toBeVisible();

  await studio.button('relu2').click();
  await studio.button('Make all 6 visible').click();
  // Their names are those of the buttons they lie on.
  const pictures = page.getByRole('region', { name: 'Channels of relu2' }).locator('img');
  await expect(pictures).toHaveCount(6);
  await studio.button('Channel 3').click();
  const unit = page.getByRole('article', { name: 'Unit relu2/3' });
  await expect(unit.getByRole('img', { name: /^Crop of photo/ })).toHaveCount(3);
  await expect(unit.getByRole('img', { name: /^Guided backpropagation/ })).toHaveCount(3);
  await expect(unit.getByRole('img', { name: 'Excites it: channel 3 of relu2' })).toBeVisible();
  await expect(unit.getByRole('img', { name: /^Four different ways/ })).toBeVisible();
  await unit
    .getByRole('button', { name: /^pool1\// })
    .first()
    .click();
  await expect(page.getByRole('article', { name: /^Unit pool1\// })).toBeVisible();
  await studio.button('Dream with this').click();
  await expect(page.getByLabel('Channels')).toHaveValue(/^\d$/);
});

test('a class is made visible, and its film can be looked through', async ({ studio, folder }) => {
  const { page } = studio;
  await studio.drop(...writeNetwork(join(folder, 'tiny.onnx')));
  await expect(page.getByRole('main', { name: 'Models' })).toBeVisible();
  await studio.go('Neurons');
  await page.getByLabel('Network', { exact: true }).selectOption('tiny');
  await page.getByLabel('Targets').fill('class:b');
  await page.getByLabel('Targets').press('Tab');
  await studio.set({ Size: '48', Steps: '30' });
  await studio.button('Visualise').click();
  const neurons = page.getByRole('main', { name: 'Neurons' });
  await expect(neurons.getByText('Step 30 of 30', { exact: true })).toBeVisible();
  await expect(studio.button('Dream on it')).toBeVisible();
  await page.getByRole('slider', { name: /^Step 30/ }).press('ArrowLeft');
  await expect(neurons.getByText('Step 29 of 30', { exact: true })).toBeVisible();
  await studio.go('Gallery');
  await expect(studio.pictures).toHaveCount(1);
  await studio.picture('class-b').click();
  await expect(page.getByText('class:b')).toBeVisible();
});
