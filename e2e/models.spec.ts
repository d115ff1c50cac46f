/** Networks: what is inside one, one's own imported, its guess corrected on a photo, and the catalogue that contacts nobody. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeCaffemodel, writeNetwork } from './support/network.ts';
import { writePhoto } from './support/photos.ts';
import { QUICK, type Studio } from './support/studio.ts';
import { expect, test } from './support/test.ts';

const installed = ({ page }: Studio) => page.getByRole('list', { name: 'Installed networks' });
const answers = ({ page }: Studio) =>
  page.getByRole('list', { name: 'Likeliest classes' }).getByRole('listitem');

test('the network that came along is there, with its layers at any size, and cannot be changed', async ({
  studio,
}) => {
  const { page } = studio;
  await studio.go('Models');
  await expect(installed(studio).getByRole('button', { name: /dreamnet.*default/ })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Mean of red' })).toBeDisabled();
  await expect(studio.button('Move to the trash')).toHaveCount(0);

  await page.getByRole('tab', { name: /^Layers/ }).click();
  await page.getByRole('searchbox', { name: 'Find a layer' }).fill('mixed4c concat');
  await expect(page.getByRole('row')).toHaveCount(2);
  const row = page.getByRole('row', { name: /mixed4c.*dreams here by default/ });
  await expect(row.getByRole('cell', { name: '14 × 14' })).toBeVisible();
  const sizes = page.getByRole('textbox', { name: 'Sizes for pictures of' });
  await sizes.fill('448');
  await sizes.press('Enter');
  await expect(row.getByRole('cell', { name: '28 × 28' })).toBeVisible();

  await page.getByRole('tab', { name: /^Layers/ }).press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'Map' })).toBeFocused();
  await studio.button('mixed3a').click();
  const chosen = page.getByRole('region', { name: 'The chosen layer' });
  await expect(chosen.getByRole('heading', { name: 'mixed3a' })).toBeVisible();
  await chosen.getByRole('button', { name: 'Look into it' }).click();
  await expect(page.getByRole('main', { name: 'Neurons' })).toBeVisible();
});

test('a caffemodel is recognised, and its guess corrected on a photo', async ({ studio, folder }) => {
  const { page } = studio;
  await studio.drop(await writePhoto(join(folder, 'garden.png')));
  await expect(studio.pictures).toHaveCount(1);
  await studio.drop(writeCaffemodel(join(folder, 'bvlc_googlenet.caffemodel')));
  await expect(page.getByRole('heading', { name: 'GoogLeNet' })).toBeVisible();
  const verdict = page.getByRole('region', { name: 'How it takes pictures' });
  await expect(verdict).toContainText(/Recognised\. Its layers are those of GoogLeNet.*blue, green, red/);
  await expect(page.getByRole('textbox', { name: 'Mean of blue' })).toHaveValue('104');
  await expect(answers(studio)).toHaveCount(3);
  const guessed = (await answers(studio).first().textContent()) ?? '';

  await page.getByLabel('Usual way').selectOption('TensorFlow: −1 to 1');
  await expect(page.getByRole('textbox', { name: 'Mean of red' })).toHaveValue('127.5');
  await page.getByRole('textbox', { name: 'Deviation of red' }).fill('nothing');
  await expect(page.getByRole('alert')).toContainText('"nothing"');
  await expect(studio.button('Save and look again')).toBeDisabled();
  await page.getByRole('textbox', { name: 'Deviation of red' }).fill('255/2');
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    studio.button('Own list… of the names of its classes').click(),
  ]);
  const names = join(folder, 'names.txt');
  await writeFile(names, 'otter\nheron\nnewt\n');
  await chooser.setFiles(names);
  await page.getByRole('textbox', { name: 'Name in menus' }).fill('Of the river');
  await studio.button('Save and look again').click();

  await expect(verdict).toContainText('You said how it takes pictures.');
  await expect(page.getByText(/^Before the correction: class \d/)).toBeVisible();
  await expect(answers(studio).first()).toHaveText(/otter|heron|newt/);
  expect(await answers(studio).first().textContent()).not.toContain(/[\d.]+ %/.exec(guessed)?.[0]);
  await expect(installed(studio).getByRole('button', { name: /Of the river.*Caffe/ })).toBeVisible();

  await page.getByRole('tab', { name: 'Layers' }).click();
  const row = page.getByRole('row', { name: /inception_4c\/output/ });
  await expect(row.getByRole('cell').nth(4)).toHaveText('5');
  await expect(row.getByRole('cell').nth(5)).toHaveText('4');
  await studio.button('Move to the trash').click();
  await expect(installed(studio).getByRole('listitem')).toHaveCount(1);
});

test('a dropped network is in every menu, and dreams', async ({ studio, folder }) => {
  await studio.drop(await writePhoto(join(folder, 'garden.png')));
  await studio.drop(...writeNetwork(join(folder, 'mine.onnx')));
  await expect(studio.page.getByRole('main', { name: 'Models' })).toBeVisible();
  await expect(studio.page.getByRole('heading', { name: 'A tiny network' })).toBeVisible();
  await expect(answers(studio)).toHaveCount(3);
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
  await installed(studio)
    .getByRole('button', { name: /A tiny network/ })
    .click();
  await studio.button('Move to the trash').click();
  await expect(installed(studio).getByRole('button', { name: /A tiny network/ })).toHaveCount(0);
});

test('the catalogue is looked at without anybody being contacted', async ({ studio }) => {
  const { page } = studio;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await studio.go('Models');
  const catalogue = page.getByRole('list', { name: 'Catalogue' });
  await catalogue.getByRole('button', { name: /All of them/ }).click();
  await expect(studio.button('Download VGG-16')).toBeVisible();
  await catalogue.getByRole('button', { name: /SqueezeNet 1\.1.*MB/ }).click();
  const entry = page.getByRole('article', { name: 'SqueezeNet 1.1' });
  await expect(entry).toContainText(/smallest.*Apache-2\.0.*SHA-256/s);
  await expect(entry).toContainText('Nobody is contacted before you press it.');
  await expect(studio.button('Download')).toBeEnabled();
  expect(asked.filter((url) => !url.startsWith(new URL(page.url()).origin))).toEqual([]);
});

test('a file that is no network is refused in a sentence', async ({ studio, folder }) => {
  const path = join(folder, 'recipe-for-soup.onnx');
  await writeFile(path, 'Onions, water, salt.');
  await studio.go('Models');
  await studio.drop(path);
  await expect(studio.refusals).toContainText(/recipe-for-soup\.onnx.*\.$/);
  await expect(installed(studio).getByRole('listitem')).toHaveCount(1);
});
