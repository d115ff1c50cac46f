/** A whole dream without a mouse: from the gallery to the finished picture, by the keys that anybody would try. */
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { writePhoto } from './support/photos.ts';
import { expect, test } from './support/test.ts';

test('a dream is made with the keyboard alone', async ({ studio, folder }) => {
  await studio.drop(
    await writePhoto(join(folder, 'one.png'), 96, 64, 1),
    await writePhoto(join(folder, 'two.png'), 96, 64, 2),
  );
  await expect(studio.pictures).toHaveCount(2);
  const { page } = studio;
  const { keyboard } = page;

  await tabTo(page, 'option');
  await keyboard.press('ArrowRight');
  await expect(studio.pictures.nth(1)).toBeFocused();
  await expect(studio.pictures.nth(1)).toHaveAttribute('aria-selected', 'true');
  await keyboard.press('Enter');
  await expect(page.getByRole('main', { name: 'Dream' })).toBeVisible();

  await tabTo(page, 'textbox', 'Octaves');
  await keyboard.type('1');
  await tabTo(page, 'textbox', 'Steps');
  await keyboard.type('2000');
  await keyboard.press('Control+Enter');
  await studio.waitForStep(1);
  await tabTo(page, 'button', 'Pause');
  await keyboard.press('Enter');
  await expect(studio.button('Resume')).toBeFocused();
  await keyboard.press('Enter');
  await expect(studio.button('Pause')).toBeFocused();
  await tabTo(page, 'button', 'Stop');
  await keyboard.press('Enter');
  await expect(studio.button('Dream')).toBeVisible();

  await tabTo(page, 'textbox', 'Steps');
  await keyboard.type('6');
  await keyboard.press('Control+Enter');
  await studio.expectFinished();
  await tabTo(page, 'slider', 'Step of the dream');
  await keyboard.press('ArrowLeft');
  await expect(studio.canvas('The dream after step 5')).toBeVisible();
  await keyboard.press('g');
  await expect(page.getByRole('main', { name: 'Gallery' })).toBeVisible();
  await expect(studio.pictures).toHaveCount(3);
});

test('dialogs keep the focus and give it back', async ({ studio }) => {
  const { page } = studio;
  const help = page.getByRole('button', { name: 'Help' });
  await help.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Help' });
  await expect(dialog).toBeVisible();
  await expect(dialog.locator(':focus')).toHaveCount(1);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('main').locator(':focus')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(help).toBeFocused();
});

test('the first key leads past the bars to the content', async ({ studio }) => {
  await studio.page.keyboard.press('Tab');
  const skip = studio.page.getByRole('link', { name: 'To the content' });
  await expect(skip).toBeFocused();
  await studio.page.keyboard.press('Enter');
  await expect(studio.page.getByRole('main')).toBeFocused();
});

/** Presses Tab until a control has the focus: whatever is used must be reached so. */
async function tabTo(
  page: Page,
  role: 'option' | 'textbox' | 'button' | 'slider',
  name?: string,
): Promise<void> {
  const wanted = page
    .getByRole(role, { ...(name === undefined ? {} : { name, exact: true }) })
    .and(page.locator(':focus'));
  for (let presses = 0; presses < 80; presses += 1) {
    if ((await wanted.count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach the ${role} ${name ?? ''}.`);
}
