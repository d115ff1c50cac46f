/** A network of one's own: imported, looked into, tested on a photo and dreamed with. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNetwork } from './support/network.ts';
import { writePhoto } from './support/photos.ts';
import { QUICK } from './support/studio.ts';
import { expect, test } from './support/test.ts';

test('the network that came along is there, with its layers', async ({ studio }) => {
  await studio.go('Models');
  const networks = studio.page.getByRole('navigation', { name: 'Networks' });
  await expect(networks.getByRole('button', { name: /dreamnet.*default/ })).toBeVisible();
  await studio.page.getByText(/^Its \d+ layers$/).click();
  await expect(studio.page.getByRole('row', { name: /mixed4c.*dreams here by default/ })).toBeVisible();
});

test('a dropped network is imported, recognises a photo, and dreams', async ({ studio, folder }) => {
  await studio.drop(await writePhoto(join(folder, 'garden.png')));
  await studio.drop(...writeNetwork(join(folder, 'mine.onnx')));
  await expect(studio.page.getByRole('main', { name: 'Models' })).toBeVisible();
  await studio.page.getByRole('button', { name: /A tiny network/ }).click();
  await expect(studio.page.getByRole('heading', { name: 'A tiny network' })).toBeVisible();

  await studio.page.getByRole('button', { name: /^Choose / }).click();
  await studio.button('garden').click();
  const test = studio.page.getByRole('region', { name: 'Test on a picture' });
  await expect(test.getByRole('listitem').filter({ hasText: '%' })).toHaveCount(3);

  await studio.button('Use by default').click();
  await expect(studio.button('Used by default')).toBeDisabled();
  await studio.go('Gallery');
  await studio.picture('garden').dblclick();
  await expect(studio.page.getByRole('combobox', { name: 'Network' })).toHaveValue('mine');
  await studio.button('Choose layers…').click();
  await studio.page.getByRole('checkbox', { name: /relu1/ }).check();
  await studio.set(QUICK);
  await studio.button('Dream').click();
  await studio.expectFinished();

  await studio.go('Models');
  await studio.page.getByRole('button', { name: /A tiny network/ }).click();
  await studio.button('Move to the trash').click();
  await expect(studio.page.getByRole('button', { name: /A tiny network/ })).toBeHidden();
});

test('a file that is no network is refused in a sentence', async ({ studio, folder }) => {
  const path = join(folder, 'recipe-for-soup.onnx');
  await writeFile(path, 'Onions, water, salt.');
  await studio.go('Models');
  await studio.drop(path);
  await expect(studio.refusals).toContainText(/recipe-for-soup\.onnx.*\.$/);
  await expect(studio.page.getByRole('navigation', { name: 'Networks' }).getByRole('listitem')).toHaveCount(
    1,
  );
});
