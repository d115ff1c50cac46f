/** `npm run screenshots`: pictures of every workspace in both themes for the documentation, on the pictures that come along. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Studio } from './support/studio.ts';
import { expect, test } from './support/test.ts';

const root = join(import.meta.dirname, '..');
const SAMPLES = join(root, 'renderer', 'samples');
const DOCS = join(root, 'docs');

test('screenshots', async ({ studio }) => {
  test.setTimeout(600_000);
  const { page } = studio;
  await mkdir(DOCS, { recursive: true });
  await page.setViewportSize({ width: 1152, height: 720 });
  const samples = (await readdir(SAMPLES)).filter((name) => name.endsWith('.jpg'));
  await studio.drop(...samples.map((name) => join(SAMPLES, name)));
  await expect(studio.pictures).toHaveCount(samples.length);
  for (const [name, look] of [
    ['lake', 'Creatures'],
    ['wood', 'Brushwork'],
    ['clouds', 'Classic'],
  ] as const) {
    await studio.go('Gallery');
    await studio.picture(name).dblclick();
    await studio.button(look).click();
    await studio.set({ Size: '640' });
    await studio.button('Dream').click();
    await expect(studio.canvas('The finished dream')).toBeVisible({ timeout: 180_000 });
  }

  await studio.go('Gallery');
  await studio.picture('lake-dream').click();
  await inBothThemes(studio, 'gallery');
  await studio.go('Models');
  await studio.button('still-life').click();
  await expect(page.getByRole('list', { name: 'Likeliest classes' })).toContainText('%');
  await inBothThemes(studio, 'models');
  await studio.go('Gallery');
  await studio.picture('still-life').dblclick();
  await studio.button('Classic').click();
  await studio.set({ Size: '800', Steps: '20' });
  await studio.button('Dream').click();
  await studio.waitForStep(85);
  await page.getByRole('heading', { name: 'Look' }).scrollIntoViewIfNeeded();
  await inBothThemes(studio, 'dream');
});

test('screenshots of an explanation and of a unit', async ({ studio }) => {
  test.setTimeout(400_000);
  const { page } = studio;
  await page.setViewportSize({ width: 1152, height: 720 });
  const samples = (await readdir(SAMPLES)).filter((name) => name.endsWith('.jpg'));
  await studio.drop(...samples.map((name) => join(SAMPLES, name)));
  await expect(studio.pictures).toHaveCount(samples.length);
  await studio.picture('still-life').click();
  await studio.button('Explain what a network sees').click();
  await expect(page.getByRole('img', { name: /^Grad-CAM/ })).toBeVisible({ timeout: 60_000 });
  await inBothThemes(studio, 'explain');
  await studio.go('Neurons');
  await studio.button('mixed4a').click();
  // Not by its name: Playwright computes the names of everything there is, which takes it a quarter of a minute for 512 channels.
  await page
    .getByRole('region', { name: 'Channels of mixed4a' })
    .locator('button', { hasText: '11' })
    .first()
    .click();
  await expect(page.getByRole('img', { name: /^Four different ways/ })).toBeVisible({ timeout: 300_000 });
  await inBothThemes(studio, 'neurons');
});

test('screenshots of an attack', async ({ studio }) => {
  test.setTimeout(180_000);
  const { page } = studio;
  await page.setViewportSize({ width: 1152, height: 720 });
  await studio.drop(join(SAMPLES, 'still-life.jpg'));
  await studio.button('Make a network see something else').click();
  await expect(page.getByRole('list', { name: 'Likeliest classes before' })).toContainText('%');
  await page.getByRole('textbox', { name: 'Shall be seen as' }).fill('goldfish');
  await studio.button('Attack').click();
  await expect(page.getByRole('list', { name: 'Likeliest classes after' })).toContainText('%', {
    timeout: 120_000,
  });
  await inBothThemes(studio, 'attack');
});

async function inBothThemes(studio: Studio, name: string): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await studio.wear(theme);
    await studio.page.mouse.move(0, 0);
    const picture = sharp(await studio.page.screenshot());
    // A palette of colours, hardly dithered: a quarter of the size, and nobody sees it.
    await picture
      .png({ palette: true, quality: 70, dither: 0.2, effort: 10 })
      .toFile(join(DOCS, `${name}-${theme}.png`));
  }
}
