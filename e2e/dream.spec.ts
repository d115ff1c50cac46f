/** A dream from the first press to the finished picture, and everything that can be done with it on the way. */
import { join } from 'node:path';
import { writePhoto } from './support/photos.ts';
import { QUICK } from './support/studio.ts';
import { expect, test } from './support/test.ts';

/** Long enough to do something in the middle. */
const LONG = { Octaves: '1', Steps: '400' } as const;

test.beforeEach(async ({ studio, folder }) => {
  await studio.layOnDesk(await writePhoto(join(folder, 'garden.png')));
});

test('a dream grows before the eyes and comes into the gallery with its recipe', async ({ studio }) => {
  const original = await studio.pixels();
  await studio.set({ ...QUICK, Steps: '12' });
  await studio.button('Dream').click();
  await expect(studio.canvas('The dream as it grows')).toBeVisible();
  await expect.poll(() => studio.pixels(), { intervals: [50] }).not.toBe(original);
  await studio.expectFinished();
  await expect(studio.steps).toHaveAccessibleName('Step of the dream');
  expect(await studio.lastStep()).toBe(24);

  await studio.go('Gallery');
  await studio.picture('garden-dream').click();
  await expect(studio.picture('garden-dream')).toHaveAccessibleName('garden-dream, made here 128 × 96');
  const details = studio.page.getByRole('complementary', { name: 'The selected picture' });
  await expect(details).toContainText('From garden.png');
  await expect(details).toContainText('Steps 12');
  await expect(details).toContainText('Octaves 2');
});

test('pause stops, resume goes on to the end', async ({ studio }) => {
  await studio.set({ Octaves: '1', Steps: '60' });
  await studio.button('Dream').click();
  await studio.waitForStep(3);
  await studio.button('Pause').click();
  await expect(studio.button('Resume')).toBeVisible();
  const paused = await studio.lastStep();
  expect(paused).toBeLessThan(60);
  await studio.page.waitForTimeout(500);
  expect(await studio.lastStep()).toBe(paused);
  await studio.button('Resume').click();
  await studio.expectFinished();
  expect(await studio.lastStep()).toBe(60);
});

test('scrubbing shows every step, and a step can be kept', async ({ studio }) => {
  await studio.set(QUICK);
  await studio.button('Dream').click();
  await studio.expectFinished();
  const finished = await studio.pixels();
  await studio.steps.focus();
  const seen = new Set<number>();
  for (let step = 7; step >= 1; step -= 1) {
    await studio.page.keyboard.press('ArrowLeft');
    await expect(studio.canvas(`The dream after step ${step}`)).toBeVisible();
    await expect
      .poll(() => studio.pixels().then((pixels) => seen.has(pixels) || pixels === finished))
      .toBe(false);
    seen.add(await studio.pixels());
  }
  expect(seen.size).toBe(7);
  await studio.page.keyboard.press('Home');
  await expect(studio.canvas('What the dream started from')).toBeVisible();
  await studio.page.keyboard.press('ArrowRight');
  await studio.button('Keep this step').click();
  await studio.go('Gallery');
  await expect(studio.pictures).toHaveCount(3);
});

test('a branch dreams on from the step that is looked at', async ({ studio }) => {
  await studio.set(QUICK);
  await studio.button('Dream').click();
  await studio.expectFinished();
  await studio.steps.focus();
  for (let times = 0; times < 3; times += 1) await studio.page.keyboard.press('ArrowLeft');
  await expect(studio.canvas('The dream after step 5')).toBeVisible();
  await studio.set({ Strength: '6' });
  await studio.button('Branch from here').click();
  await studio.expectFinished();
  await expect(studio.steps).toHaveAttribute('min', '5');
  await studio.go('Gallery');
  await expect(studio.pictures).toHaveCount(3);
});

test('a dream that is stopped ends, and leaves no picture', async ({ studio }) => {
  await studio.set(LONG);
  await studio.button('Dream').click();
  await studio.waitForStep(2);
  await studio.button('Stop').click();
  await expect(studio.button('Dream')).toBeVisible();
  await expect(studio.page.getByText('Nothing is running.')).toBeVisible();
  expect(await studio.lastStep()).toBeLessThan(400);
  await studio.go('Gallery');
  await expect(studio.pictures).toHaveCount(1);
});

test('dreams queue up, and each becomes a picture', async ({ studio }) => {
  await studio.set({ Octaves: '1', Steps: '10' });
  await studio.button('Dream').click();
  await studio.button('Queue').click();
  const waiting = studio.jobBar.getByRole('button', { name: 'Queue 1' });
  await expect(waiting).toBeVisible();
  await expect(waiting).toBeHidden();
  await studio.expectFinished();
  await studio.go('Gallery');
  await expect(studio.pictures).toHaveCount(3);
});

test('settings and dreams can be undone', async ({ studio }) => {
  const octaves = studio.page.getByRole('textbox', { name: 'Octaves', exact: true });
  const before = await octaves.inputValue();
  await studio.set({ Octaves: '7' });
  await studio.button('Undo').click();
  await expect(octaves).toHaveValue(before);
  await studio.button('Redo').click();
  await expect(octaves).toHaveValue('7');
});

test('a setting that is out of range is told in a sentence', async ({ studio }) => {
  const octaves = studio.page.getByRole('textbox', { name: 'Octaves', exact: true });
  await octaves.fill('99');
  await octaves.press('Tab');
  await expect(studio.page.getByRole('alert')).toHaveText(/^Octaves must be .*12.*\.$/);
});

test('the original is compared under a slider', async ({ studio }) => {
  await studio.set(QUICK);
  await studio.button('Dream').click();
  await studio.expectFinished();
  await studio.button('Compare').click();
  await expect(studio.page.getByRole('img', { name: 'Original' })).toBeVisible();
  await studio.page.getByRole('slider', { name: /How much of the picture shows/ }).press('Home');
});

test('a dream takes as little of the machine as was set, and a change waits for its end', async ({
  studio,
}) => {
  // Settings look for what can compute here at the same time, which keeps a machine busy.
  const { page } = studio;
  const settings = page.getByRole('dialog', { name: 'Settings' });
  const open = () => page.getByRole('button', { name: 'Settings' }).click();
  const close = () => settings.getByRole('button', { name: 'Close' }).click();
  await open();
  const threads = settings.getByRole('textbox', { name: 'Threads' });
  await threads.fill('none');
  await threads.press('Tab');
  await expect(settings.getByRole('alert')).toHaveText(/^Threads must be .*1024.*\.$/);
  await threads.fill('1');
  await threads.press('Tab');
  await settings.getByRole('checkbox', { name: 'Quiet' }).check();
  await expect(settings).toContainText('Computing takes 1 thread, quietly.');
  await close();
  await studio.set({ ...LONG, Steps: '1000' });
  await studio.button('Dream').click();
  await expect(studio.jobBar).toContainText(', 1 thread, quietly');

  await open();
  await settings.getByRole('checkbox', { name: 'Quiet' }).uncheck();
  await expect(settings).toContainText(
    'Computing takes 1 thread, quietly. From the next job on it takes 1 thread.',
  );
  await close();
  await expect(studio.jobBar).toContainText(', 1 thread, quietly');
  await studio.button('Stop').click();
  await open();
  await expect(settings).toContainText('Computing takes 1 thread.');
});
