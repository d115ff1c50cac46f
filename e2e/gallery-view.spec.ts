/** How the gallery is looked at: marked and renamed by keys, searched, filtered, ordered and grouped, and kept so. */
import { join } from 'node:path';
import { writePhoto } from './support/photos.ts';
import { expectNoViolations, setTextSize } from './support/sound.ts';
import { expect, test } from './support/test.ts';

test('pictures get stars, a label and another name by keys, and are found by them after a restart', async ({
  studio,
  folder,
}) => {
  const { page } = studio;
  const files = ['one', 'two', 'three'].map((name, seed) =>
    writePhoto(join(folder, `${name}.png`), 64, 48, seed),
  );
  await studio.drop(...(await Promise.all(files)));
  await studio.expectPictures(3);
  await studio.picture('two').press('4');
  await expect(studio.picture('two')).toHaveAccessibleName('two 64 × 48, 4 stars');
  await studio.picture('two').press('6');
  await expect(studio.picture('two')).toHaveAccessibleName('two 64 × 48, 4 stars, label red');
  await studio.picture('two').press('F2');
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await page.keyboard.type('lake');
  await page.keyboard.press('Enter');
  await expect(studio.picture('lake')).toHaveAccessibleName('lake 64 × 48, 4 stars, label red');
  await expect(studio.picture('lake')).toBeFocused();
  await expect(studio.button('4 stars')).toHaveAttribute('aria-pressed', 'true');

  await studio.button('Filter').click();
  await page.getByRole('combobox', { name: 'Stars' }).selectOption('4');
  await expect(studio.pictures).toHaveCount(1);
  await expect(page.getByRole('search').getByRole('status')).toHaveText('1 of 3 pictures');
  await page.getByRole('combobox', { name: 'Order' }).selectOption('By name');
  await page.getByRole('checkbox', { name: 'Names' }).check();

  await studio.quit();
  await studio.start();
  await expect(studio.picture('lake')).toHaveAccessibleName('lake 64 × 48, 4 stars, label red');
  await expect(studio.pictures).toHaveCount(1);
  await studio.button('Show all').click();
  await expect(studio.pictures).toHaveCount(3);
  await expect(studio.pictures.first()).toHaveAccessibleName(/^lake/);
  await expect(studio.pictures.first()).toHaveText(/lake/);

  const search = studio.page.getByRole('searchbox', { name: 'Search the gallery' });
  await search.fill('thr');
  await expect(studio.pictures).toHaveCount(1);
  await search.press('Escape');
  await expect(studio.pictures).toHaveCount(3);
});

test('the bar and the marks are sound in both themes, and have their place with large text', async ({
  studio,
  folder,
}) => {
  const { page } = studio;
  await studio.drop(await writePhoto(join(folder, 'one.png'), 64, 48));
  await studio.picture('one').press('3');
  await studio.picture('one').press('9');
  await page.getByRole('combobox', { name: 'Groups' }).selectOption('By day');
  await page.getByRole('checkbox', { name: 'Names' }).check();
  await studio.button('Filter').click();
  for (const theme of ['dark', 'light'] as const) {
    await studio.wear(theme);
    await expectNoViolations(page, `the gallery, ${theme}`);
  }
  await page.setViewportSize({ width: 1024, height: 700 });
  await setTextSize(page, 200);
  const main = page.getByRole('main');
  expect(await main.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  await page.getByRole('combobox', { name: 'Label' }).scrollIntoViewIfNeeded();
  await expect(page.getByRole('combobox', { name: 'Label' })).toBeInViewport({ ratio: 1 });
});

test('Ctrl and the wheel make the tiles larger', async ({ studio, folder }) => {
  await studio.drop(await writePhoto(join(folder, 'one.png'), 64, 48));
  const width = async (): Promise<number> => (await studio.picture('one').boundingBox())?.width ?? 0;
  const slider = studio.page.getByRole('slider', { name: 'Size of the tiles' });
  await expect(slider).toHaveValue('10.5');
  const before = await width();
  await studio.picture('one').hover();
  await studio.page.keyboard.down('Control');
  for (let turn = 0; turn < 12; turn += 1) await studio.page.mouse.wheel(0, -100);
  await studio.page.keyboard.up('Control');
  await expect(slider).toHaveValue('16.5');
  expect(await width()).toBeGreaterThan(before);
});
