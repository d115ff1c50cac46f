/** Masks are painted on the picture itself, with a pointer or the keys, for a patch and for a dream, and come back with recipes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from '@playwright/test';
import sharp from 'sharp';
import { writePhoto } from './support/photos.ts';
import { expectNoViolations, setTextSize } from './support/sound.ts';
import { QUICK, type Studio } from './support/studio.ts';
import { expect, test } from './support/test.ts';

const WIDTH = 128;
const HEIGHT = 96;

const editor = (studio: Studio): Locator => studio.page.getByRole('dialog', { name: 'Paint a mask' });
const tool = (studio: Studio, name: string): Locator =>
  editor(studio).getByRole('button', { name, exact: true });
const sheet = (studio: Studio): Locator =>
  studio.page.getByRole('application', { name: 'The mask over the picture' });

/** Drags over the picture, between places that are shares of its width and height. */
async function drag(studio: Studio, ...places: readonly (readonly [number, number])[]): Promise<void> {
  const box = await sheet(studio).boundingBox();
  if (box === null) throw new Error('There is nothing to paint on.');
  const { mouse } = studio.page;
  for (const [i, [x, y]] of places.entries()) {
    await mouse.move(box.x + x * box.width, box.y + y * box.height);
    if (i === 0) await mouse.down();
  }
  await mouse.up();
}

async function pixelsOf(path: string): Promise<Uint8Array> {
  return new Uint8Array(
    await sharp(await readFile(path))
      .removeAlpha()
      .raw()
      .toBuffer(),
  );
}

/** How many samples differ where a mask is white, and elsewhere. */
function changesBy(mask: Uint8Array, before: Uint8Array, after: Uint8Array) {
  const changed = (white: boolean): number =>
    before.filter((value, i) => value !== after[i] && (mask[i] ?? 0) > 127 === white).length;
  return { inside: changed(true), outside: changed(false) };
}

async function openPatch(studio: Studio, photo: string): Promise<void> {
  await studio.drop(photo);
  await studio.button('Make a network see something else').click();
  await studio.page.getByLabel('Method').selectOption('patch');
  await studio.button('Paint mask').click();
  await expect(sheet(studio)).toBeVisible();
}

test('a patch is put where it was painted, and its mask comes back with the recipe', async ({
  studio,
  folder,
  home,
}) => {
  const photo = await writePhoto(join(folder, 'garden.png'), WIDTH, HEIGHT);
  await openPatch(studio, photo);
  const use = tool(studio, 'Use this mask');
  await expect(use).toBeDisabled();

  await tool(studio, 'Rectangle').click();
  await drag(studio, [0.25, 0.25], [0.5, 0.75]);
  await expect(editor(studio)).toContainText('12.5 % of the picture is painted.');
  await tool(studio, 'Invert').click();
  await expect(editor(studio)).toContainText('87.5 % of the picture is painted.');
  await tool(studio, 'Undo').click();
  await tool(studio, 'Brush').click();
  await drag(studio, [0.8, 0.1], [0.9, 0.9]);
  await studio.page.keyboard.press('Control+z');
  await expect(editor(studio)).toContainText('12.5 % of the picture is painted.');
  await use.click();
  await expect(editor(studio)).toBeHidden();

  await studio.set({ Steps: '2' });
  await studio.page.getByText('More', { exact: true }).click();
  for (const label of ['Samples', 'Fresh views']) {
    const box = studio.page.getByRole('textbox', { name: label, exact: true });
    await box.fill('2');
    await box.press('Tab');
  }
  await studio.button('Attack').click();
  const seen = studio.page.getByRole('list', { name: 'Likeliest classes after' });
  await expect(seen).toContainText('%');
  const before = await pixelsOf(photo);
  const after = await pixelsOf(join(home, 'gallery', 'garden-attack.png'));
  const mask = await pixelsOf(join(home, 'gallery', 'garden-mask.png'));
  const { inside, outside } = changesBy(mask, before, after);
  expect(mask.filter((value) => value === 255).length).toBe((3 * WIDTH * HEIGHT) / 8);
  expect(inside).toBeGreaterThan(0.8 * ((3 * WIDTH * HEIGHT) / 8));
  expect(outside).toBe(0);

  await studio.page.getByRole('button', { name: 'Remove mask' }).click();
  await studio.go('Gallery');
  await studio.picture('garden-attack').click();
  await studio.page
    .getByRole('main')
    .getByRole('button', { name: /again$/ })
    .click();
  await expect(studio.page.getByRole('img', { name: 'garden-mask' })).toBeVisible();
  // Painting goes on with the mask that there is.
  await studio.button('Paint mask').click();
  await expect(editor(studio)).toContainText('12.5 % of the picture is painted.');
});

test('a mask is painted with the keys alone, and is not lost by a slip', async ({ studio, folder }) => {
  await openPatch(studio, await writePhoto(join(folder, 'garden.png'), WIDTH, HEIGHT));
  const { keyboard } = studio.page;
  await sheet(studio).focus();
  await keyboard.press('Space');
  for (let i = 0; i < 8; i++) await keyboard.press('ArrowRight');
  await keyboard.press('Space');
  // A brush of 12 pixels, led along 8 times 3 pixels: a line with round ends.
  const painted = ((24 * 12 + Math.PI * 36) / (WIDTH * HEIGHT)) * 100;
  await expect(editor(studio)).toContainText(`${painted.toFixed(1)} % of the picture is painted.`);

  // Nothing behind the dialog hears of keys.
  await keyboard.press('g');
  await expect(editor(studio)).toBeVisible();
  await keyboard.press('Escape');
  await expect(editor(studio).getByRole('alert')).toHaveText('What you painted is not kept yet.');
  await tool(studio, 'Go on painting').click();
  await tool(studio, 'Clear').click();
  await expect(tool(studio, 'Use this mask')).toBeDisabled();
  await keyboard.press('Escape');
  await tool(studio, 'Throw it away').click();
  await expect(editor(studio)).toBeHidden();
  await expect(studio.page.getByRole('button', { name: 'Remove mask' })).toBeHidden();
});

test('the same is there for a dream, which leaves the rest alone', async ({ studio, folder, home }) => {
  const photo = await writePhoto(join(folder, 'garden.png'), WIDTH, HEIGHT);
  await studio.layOnDesk(photo);
  await studio.set({ ...QUICK, Octaves: '1' });
  await studio.page.getByText('More', { exact: true }).click();
  await studio.button('Paint mask').click();
  await tool(studio, 'Disc').click();
  await drag(studio, [0.5, 0.5], [0.7, 0.5]);
  await tool(studio, 'Use this mask').click();
  await expect(editor(studio)).toBeHidden();
  await studio.button('Dream').click();
  await studio.expectFinished();
  const before = await pixelsOf(photo);
  const after = await pixelsOf(join(home, 'gallery', 'garden-dream.png'));
  const mask = await pixelsOf(join(home, 'gallery', 'garden-mask.png'));
  const { inside, outside } = changesBy(mask, before, after);
  expect(inside).toBeGreaterThan(0);
  expect(outside).toBe(0);
});

test('the editor has its place in the smallest window with large text, and axe finds nothing', async ({
  studio,
  folder,
}) => {
  const { page } = studio;
  const photo = await writePhoto(join(folder, 'garden.png'), 900, 600);
  for (const theme of ['dark', 'light'] as const) {
    await studio.wear(theme);
    await openPatch(studio, photo);
    await expectNoViolations(page, `mask editor, ${theme}`);
    await tool(studio, 'Close').click();
    await studio.go('Gallery');
  }
  await page.setViewportSize({ width: 1024, height: 700 });
  for (const percent of [100, 200]) {
    await setTextSize(page, percent);
    await openPatch(studio, photo);
    for (const button of await editor(studio).getByRole('button').all()) {
      await button.scrollIntoViewIfNeeded();
      await expect(button).toBeInViewport({ ratio: 1 });
    }
    await sheet(studio).scrollIntoViewIfNeeded();
    const box = await sheet(studio).boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0), `at ${percent} %`).toBeGreaterThan(200);
    const sideways = await editor(studio).evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth);
    expect(sideways).toBe(0);
    await tool(studio, 'Close').click();
    await studio.go('Gallery');
  }
});
