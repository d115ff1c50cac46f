/** Whatever ends in mid-dream, the dream does not: it is told in a sentence, and goes on from its last checkpoint. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writePhoto } from './support/photos.ts';
import type { Studio } from './support/studio.ts';
import { expect, test } from './support/test.ts';

/** Longer than the first checkpoint is away. */
const LONG = 200;
const SHORT = 80;

test.skip(process.platform === 'win32', 'Processes are killed by signals here, which Windows has not.');

/** A dream that is under way. */
async function begin(studio: Studio, folder: string, steps: number): Promise<void> {
  await studio.layOnDesk(await writePhoto(join(folder, 'garden.png')));
  await studio.set({ Octaves: '1', Steps: String(steps) });
  await studio.button('Dream').click();
  await studio.waitForStep(5);
}

test('killing the engine costs at most the last checkpoint: the dream goes on by itself, and says so', async ({
  studio,
  folder,
  home,
}) => {
  await begin(studio, folder, LONG);
  await expect
    .poll(() => readdirSync(join(home, 'runs'), { recursive: true }))
    .toContainEqual(expect.stringMatching(/checkpoint\.bin$/));
  studio.killEngine();
  await expect(
    studio.page.getByText(/engine ended unexpectedly.* The job goes on after step \d+ on the device "cpu"\./),
  ).toBeVisible();
  await studio.expectFinished();
  expect(await studio.lastStep()).toBe(LONG);
});

test('killing the whole program costs no more', async ({ studio, folder }) => {
  await begin(studio, folder, SHORT);
  await studio.kill();
  await studio.start();
  const reached = await expectInterrupted(studio, /Reverie ended while this job ran.*Resume/);
  await resumeToTheEnd(studio, reached);
});

test('closing the program in mid-dream keeps the dream', async ({ studio, folder }) => {
  await begin(studio, folder, SHORT);
  await studio.quit();
  await studio.start();
  const reached = await expectInterrupted(studio, /Reverie was closed while this job ran.*Resume/);
  await resumeToTheEnd(studio, reached);
});

test('a window that is opened again finds the dream under way', async ({ studio, folder, door }) => {
  test.skip(door === 'desktop', 'A desktop window is closed with its program.');
  await begin(studio, folder, LONG);
  await studio.page.reload();
  await expect(studio.canvas('The dream as it grows')).toBeVisible();
  await studio.waitForStep(8);
  await studio.button('Stop').click();
});

/** One sentence and a way on; gives the step that was reached. */
async function expectInterrupted(studio: Studio, sentence: RegExp): Promise<number> {
  await expect(studio.page.getByRole('region', { name: 'Film strip' }).getByRole('alert')).toHaveText(
    sentence,
  );
  await expect(studio.button('Resume')).toBeVisible();
  return studio.lastStep();
}

async function resumeToTheEnd(studio: Studio, reached: number): Promise<void> {
  await studio.button('Resume').click();
  await expect(studio.button('Pause')).toBeVisible();
  await studio.waitForStep(Math.min(SHORT, reached + 1));
  await studio.expectFinished();
  expect(await studio.lastStep()).toBe(SHORT);
}
