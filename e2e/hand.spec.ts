/** One picture in hand: nothing is asked twice on the way from a dropped photo to a dream, its explanation and an attack. */
import { join } from 'node:path';
import { writePhoto } from './support/photos.ts';
import { expectNoViolations } from './support/sound.ts';
import { QUICK, type Studio } from './support/studio.ts';
import { expect, test } from './support/test.ts';

/** In presses, for each step of the way. */
const MOST = 2;

const chip = ({ page }: Studio) => page.getByRole('button', { name: /^Picture in hand: / });

/** Counts what a person presses, with the pointer or the keys. @returns how many presses there were since it was asked last */
async function countPresses({ page }: Studio): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    for (const kind of ['pointerdown', 'keydown'])
      addEventListener(kind, () => performance.mark('press'), { capture: true });
  });
  return () =>
    page.evaluate(() => {
      const count = performance.getEntriesByName('press').length;
      performance.clearMarks('press');
      return count;
    });
}

test('from a dropped photo to a dream, to its explanation and to an attack, in two presses each', async ({
  studio,
  folder,
}) => {
  const { page } = studio;
  await studio.go('Dream');
  await studio.drop(await writePhoto(join(folder, 'garden.png')));
  await expect(chip(studio)).toHaveAccessibleName('Picture in hand: garden');
  // How long it dreams is no part of the way.
  await studio.set(QUICK);
  await studio.go('Gallery');

  const presses = await countPresses(studio);
  await studio.go('Dream');
  await studio.button('Dream').click();
  await studio.expectFinished();
  expect(await presses(), 'to the dream').toBeLessThanOrEqual(MOST);
  await expect(chip(studio)).toHaveAccessibleName('Picture in hand: garden-dream');

  await studio.go('Explain');
  await expect(page.getByRole('img', { name: /^Grad-CAM of garden-dream/ })).toBeVisible();
  expect(await presses(), 'to its explanation').toBeLessThanOrEqual(MOST);

  await studio.go('Attack');
  await studio.button('Attack').click();
  await expect(page.getByRole('list', { name: 'Likeliest classes after' })).toContainText('%');
  expect(await presses(), 'to an attack on it').toBeLessThanOrEqual(MOST);

  // The dream is still there with its steps.
  await studio.go('Dream');
  await studio.expectFinished();
  await expect(studio.steps).toBeVisible();
});

test('the chip changes the picture in every workspace, and a drop means the same in each', async ({
  studio,
  folder,
}) => {
  const { page } = studio;
  for (const [index, workspace] of (['Dream', 'Film', 'Explain', 'Attack'] as const).entries()) {
    const name = workspace.toLowerCase();
    // A studio without pictures greets instead; the first drop opens the desk.
    await studio.go(workspace);
    await studio.drop(await writePhoto(join(folder, `${name}.png`), 64, 48, index));
    await expect(chip(studio)).toHaveAccessibleName(`Picture in hand: ${name}`);
  }
  await studio.go('Film');
  await expect(studio.canvas('The picture attack.png')).toBeVisible();
  await chip(studio).press('Enter');
  const others = page.getByRole('region', { name: 'Take another picture in hand' });
  await expect(others.getByRole('button')).toHaveCount(4);
  await expect(others.getByRole('button', { name: 'attack' })).toHaveAttribute('aria-pressed', 'true');
  for (const theme of ['dark', 'light']) {
    await page.evaluate((worn) => (document.documentElement.dataset['theme'] = worn), theme);
    await expectNoViolations(page, `choosing, ${theme}`);
  }
  await others.getByRole('button', { name: 'dream' }).press('Enter');
  await expect(others).toBeHidden();
  await expect(chip(studio)).toBeFocused();
  await expect(studio.canvas('The picture dream.png')).toBeVisible();
  await studio.go('Dream');
  await expect(studio.canvas('The picture dream.png')).toBeVisible();

  await studio.quit();
  await studio.start();
  await studio.go('Attack');
  await expect(studio.canvas('The original dream')).toBeVisible();
});
