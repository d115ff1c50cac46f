/** Everybody can use it: no violation that axe finds in any workspace and theme, at 200 % text size and in a small window. */
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { writePhoto } from './support/photos.ts';
import { expectNoViolations, setTextSize } from './support/sound.ts';
import { QUICK } from './support/studio.ts';
import { expect, test } from './support/test.ts';

const WORKSPACES = ['Gallery', 'Dream', 'Attack', 'Models'] as const;
const SMALLEST = { width: 1024, height: 700 };

test('axe finds nothing in the first window', async ({ studio }) => {
  for (const theme of ['dark', 'light'] as const) {
    await studio.wear(theme);
    await expectNoViolations(studio.page, `welcome, ${theme}`);
  }
});

test.describe('with a dream made', () => {
  test.beforeEach(async ({ studio, folder }) => {
    await studio.layOnDesk(await writePhoto(join(folder, 'garden.png')));
    await studio.set(QUICK);
    await studio.button('Dream').click();
    await studio.expectFinished();
    await studio.go('Gallery');
    await studio.picture('garden-dream').click();
  });

  test('axe finds nothing in any workspace and theme', async ({ studio }) => {
    const { page } = studio;
    for (const theme of ['dark', 'light'] as const) {
      await studio.wear(theme);
      for (const workspace of WORKSPACES) {
        await studio.go(workspace);
        if (workspace === 'Dream') await page.getByText('More', { exact: true }).click();
        await expectNoViolations(page, `${workspace}, ${theme}`);
        if (workspace === 'Models') await expectEveryPageSound(page, theme);
      }
    }
  });

  test('axe finds nothing in the dialogs', async ({ studio }) => {
    const { page } = studio;
    const openings = {
      Settings: () => page.getByRole('button', { name: 'Settings' }).click(),
      Export: () => studio.button('Export…').click(),
      Compare: () => studio.button('Compare with the original').click(),
    };
    for (const [name, open] of Object.entries(openings)) {
      await open();
      const dialog = page.getByRole('dialog', { name });
      await expect(dialog).toBeVisible();
      await expectNoViolations(page, name);
      await dialog.getByRole('button', { name: 'Close' }).click();
    }
    await studio.jobBar.getByRole('button', { name: 'Queue' }).click();
    await expectNoViolations(page, 'Queue');
  });

  test('axe finds nothing on any page of the help', async ({ studio }) => {
    const { page } = studio;
    for (const theme of ['dark', 'light'] as const) {
      await studio.wear(theme);
      await page.getByRole('button', { name: 'Help' }).click();
      const dialog = page.getByRole('dialog', { name: 'Help' });
      for (const tab of await dialog.getByRole('tab').all()) {
        await tab.click();
        await expect(dialog.getByRole('status')).toBeHidden();
        await expectNoViolations(page, `${await tab.innerText()}, ${theme}`);
      }
      await dialog.getByRole('button', { name: 'Close' }).click();
    }
  });

  for (const percent of [100, 200]) {
    test(`everything has its place in the smallest window, with text at ${percent} %`, async ({ studio }) => {
      const { page } = studio;
      await page.setViewportSize(SMALLEST);
      await setTextSize(page, percent);
      for (const workspace of WORKSPACES) {
        await studio.go(workspace);
        expect(await hiddenWidth(page), `${workspace} scrolls sideways`).toBe(0);
        const main = page.getByRole('main');
        for (const control of await studio.navigation.all()) await expectInWindow(control);
        await expectInWindow(studio.jobBar.getByRole('button', { name: 'Queue' }));
        await expectApart(page.getByRole('banner'), main, studio.jobBar);
      }
      await studio.go('Dream');
      await expectInWindow(studio.button('Dream'));
      await expectInWindow(studio.steps);
      await expectApart(page.locator('canvas'), studio.steps);
      await expectApart(page.locator('canvas'), studio.button('Dream'));
      const { width = 0, height = 0 } = (await page.locator('canvas').boundingBox()) ?? {};
      expect(Math.min(width, height), 'the picture is too small to see').toBeGreaterThan(100);
    });
  }
});

/** The parts of a network, and the catalogue. */
async function expectEveryPageSound(page: Page, theme: string): Promise<void> {
  const listed = (list: string): Locator => page.getByRole('list', { name: list }).getByRole('button');
  for (const entry of [listed('Catalogue').first(), listed('Catalogue').last()]) {
    await entry.click();
    await expectNoViolations(page, `Catalogue, ${theme}`);
  }
  await listed('Installed networks').first().click();
  for (const tab of [/^Layers/, 'Map', 'Overview']) {
    await page.getByRole('tab', { name: tab }).click();
    await expectNoViolations(page, `${tab.toString()}, ${theme}`);
  }
}

/** How much of the page lies beyond its right edge, in pixels, counting what scrolls inside as well. */
async function hiddenWidth(page: Page): Promise<number> {
  return page.evaluate(() => {
    const outer = document.scrollingElement ?? document.documentElement;
    const inner = document.querySelector('main') ?? outer;
    return Math.max(outer.scrollWidth - outer.clientWidth, inner.scrollWidth - inner.clientWidth);
  });
}

/** Wholly seen, after scrolling to it where it lies in something that scrolls. */
async function expectInWindow(control: Locator): Promise<void> {
  await control.scrollIntoViewIfNeeded();
  await expect(control).toBeInViewport({ ratio: 1 });
}

/** Boxes that must not lie over each other, not even by a pixel. */
async function expectApart(...controls: Locator[]): Promise<void> {
  const boxes = await Promise.all(controls.map((control) => control.boundingBox()));
  for (const [index, a] of boxes.entries())
    for (const b of boxes.slice(index + 1)) {
      if (a === null || b === null) throw new Error('A control is not there.');
      const overlap =
        Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) > 1 &&
        Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y) > 1;
      expect(overlap, `${JSON.stringify(a)} and ${JSON.stringify(b)}`).toBe(false);
    }
}
