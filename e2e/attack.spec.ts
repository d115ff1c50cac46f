/** The attack workspace: a picture that a network sees as something else, measured, kept, shown to others. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNetwork } from './support/network.ts';
import { writePhoto } from './support/photos.ts';
import type { Studio } from './support/studio.ts';
import { expect, test } from './support/test.ts';

test.beforeEach(async ({ studio, folder }) => {
  await studio.drop(await writePhoto(join(folder, 'garden.png')));
  await studio.button('Make a network see something else').click();
  await expect(studio.page.getByRole('list', { name: 'Likeliest classes before' })).toContainText('%');
});

async function attack(studio: Studio, settings: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(settings)) {
    const box = studio.page.getByRole('textbox', { name: label, exact: true });
    await box.fill(value);
    await box.press('Tab');
  }
  await studio.button('Attack').click();
}

const after = (studio: Studio) => studio.page.getByRole('list', { name: 'Likeliest classes after' });
const stage = (studio: Studio) => studio.page.getByRole('region', { name: 'The attack' });

test('an attack keeps within its bound, is told in words, and opens again from the gallery', async ({
  studio,
}) => {
  const { page } = studio;
  await attack(studio, { Steps: '5', 'Bound ε': '6/255' });
  await expect(after(studio)).toContainText('%');
  await expect(stage(studio).getByRole('status')).toHaveText(
    /The network now says .+ \(.+ %\) instead of .+; no pixel changed by more than [1-6] of 255 levels\.$/,
  );
  await expect(page.locator('dt:has-text("ε") + dd')).toHaveText('6 grey levels');
  await expect(page.getByRole('heading', { name: 'Difference × 10' })).toBeVisible();
  const difference = page.getByRole('img', { name: 'What was changed in garden, 10 times as strong' });
  await expect.poll(() => difference.evaluate(naturalWidth)).toBe(128);
  await expect(page.getByRole('img', { name: /^Loss and probability of .+ over 5 steps$/ })).toBeVisible();

  await studio.button('Blink').click();
  await expect(page.getByRole('heading', { name: 'Original' })).toHaveCount(2);
  await expect(page.getByRole('heading', { name: 'Adversarial' })).toHaveCount(1);
  await studio.button('Blink').click();

  await studio.go('Gallery');
  await studio.picture('garden-attack').click();
  await studio.page
    .getByRole('main')
    .getByRole('button', { name: /again$/ })
    .click();
  await expect(page.getByRole('main', { name: 'Attack' })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Bound ε' })).toHaveValue('6/255');
  await expect(after(studio)).toContainText('%');
});

test('an attack grows before the eyes, and can be stopped', async ({ studio }) => {
  await attack(studio, { Steps: '5000' });
  for (const name of ['The adversarial garden', 'What was changed in garden, 10 times as strong'])
    await expect(studio.canvas(name).locator('canvas')).toBeVisible();
  await expect(studio.canvas(/^Loss and probability of /)).toBeVisible();
  await studio.button('Stop').click();
  await expect(stage(studio).getByRole('status')).toHaveText('Stopped.');
  await expect(studio.button('Attack')).toBeVisible();
});

test('a target that there is not is told in a sentence', async ({ studio }) => {
  await attack(studio, { 'Shall be seen as': 'no such class' });
  await expect(stage(studio).getByRole('alert')).toContainText('no such class');
});

test('other networks are shown the result, and a matrix tells what carries over', async ({
  studio,
  folder,
}) => {
  const { page } = studio;
  for (const name of ['one', 'two']) await studio.drop(...writeNetwork(join(folder, `${name}.onnx`)));
  await expect(page.getByRole('list', { name: 'Installed networks' }).getByRole('listitem')).toHaveCount(3);
  await studio.go('Attack');
  await page.getByLabel('Network', { exact: true }).selectOption('one');
  await expect(page.getByRole('list', { name: 'Likeliest classes before' })).toContainText(/b\s+\d+ %/);
  await attack(studio, { Steps: '5' });
  await expect(after(studio)).toContainText('%');
  await studio.button('Show it to my other networks').click();
  await expect(page.getByRole('row').last()).toContainText(/fooled$/);

  await page.getByText('Transfer matrix').click();
  const networks = page.getByRole('group', { name: 'Networks' });
  for (const box of (await networks.getByRole('checkbox').all()).slice(1)) await box.check();
  await page.getByRole('checkbox', { name: 'garden', exact: true }).check();
  await studio.button('Make the matrix').click();
  await expect(page.getByRole('table').last().getByRole('row').last()).toContainText(/[01] of 1$/);
  const path = join(folder, 'matrix.csv');
  await studio.save(() => studio.button('Save as CSV').click(), path);
  const lines = (await readFile(path, 'utf8')).trim().split('\r\n');
  expect(lines).toHaveLength(5);
  expect(lines[0]).toBe('made against,seen by,fooled,counted');
  expect(lines[1]).toMatch(/^one,one,[01],1$/);
});

test('the standard suite tells which of its attacks broke which picture', async ({ studio, folder }) => {
  const { page } = studio;
  await studio.go('Gallery');
  await studio.drop(await writePhoto(join(folder, 'yard.png'), 160, 120, 4));
  await studio.go('Attack');
  await page.getByLabel('Method').selectOption('standard');
  await attack(studio, { 'Bound ε': '8/255' });
  await expect(after(studio)).toContainText('%');
  await expect(page.locator('dt:has-text("Broken by") + dd')).toHaveText('apgd-ce');

  await page.getByText('Transfer matrix').click();
  await page.getByRole('group', { name: 'Networks' }).getByRole('checkbox').first().check();
  for (const name of ['garden', 'yard']) await page.getByRole('checkbox', { name, exact: true }).check();
  await studio.button('Make the matrix').click();
  const each = page.getByRole('table', { name: /^Each picture as / });
  await expect(each.getByRole('row')).toHaveCount(3);
  await expect(each.getByRole('row').last()).toContainText('broken by apgd-ce');
  await expect(page.getByText(/^Robust accuracy: .+ withstands the attack on 0 of 2 pictures/)).toBeVisible();
});

test('a black box is attacked through a surrogate, and the window tells how they came to agree', async ({
  studio,
  folder,
}) => {
  const { page } = studio;
  await studio.drop(...writeNetwork(join(folder, 'one.onnx')));
  await expect(page.getByRole('main', { name: 'Models' })).toBeVisible();
  await studio.go('Attack');
  await page.getByLabel('Network', { exact: true }).selectOption('one');
  await page.getByLabel('Method').selectOption('substitute');
  const surrogate = page.getByLabel('Surrogate', { exact: true });
  await expect(surrogate.getByRole('option')).toHaveText([
    'Automatic',
    'dreamnet',
    'A small network, trained from nothing',
  ]);
  await page.getByText('More', { exact: true }).click();
  await attack(studio, { Steps: '3', Queries: '100', 'Bound ε': '16/255' });
  await expect(after(studio)).toContainText('%');
  const found = page.getByRole('region', { name: 'Surrogate' });
  await expect(found).toContainText(
    /^Surrogate dreamnet, with 3,075 weights on its features, was trained on what the network says\./,
  );
  await expect(found.getByRole('img', { name: /^How often the surrogate agrees/ })).toBeVisible();
  await expect(found.getByRole('listitem').first()).toHaveText(/^\d+ of 40 before training/);
  await expect(found.getByText('attacked', { exact: false })).toBeVisible();
  await expect(page.locator('dt:has-text("Queries") + dd')).toHaveText(/^(8\d|9\d|100)$/);
});

const naturalWidth = (image: Element): number => (image instanceof HTMLImageElement ? image.naturalWidth : 0);
