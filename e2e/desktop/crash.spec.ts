/** Deaths of every kind: what dies comes back, and what was made is whole. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import type { DesktopDoor } from '../support/desktop-door.ts';
import { writePhoto } from '../support/photos.ts';
import type { Studio } from '../support/studio.ts';
import { expect, test } from './desktop-test.ts';

/** What the images in the window are called. */
const IMAGES = '[...document.querySelectorAll("[role=img]")].map((image) => image.ariaLabel)';

test('a page that dies in mid-dream comes back to it; one that dies again and again asks first', async ({
  studio,
  desktop,
  folder,
}) => {
  await studio.layOnDesk(await writePhoto(join(folder, 'garden.png')));
  await studio.set({ Octaves: '1', Steps: '2000' });
  await studio.button('Dream').click();
  await studio.waitForStep(3);
  const asked = await desktop.replace('dialog.showMessageBox', { response: 0 });
  for (let death = 1; death <= 3; death += 1) {
    await crashPage(desktop);
    await expect.poll(() => desktop.inPage(IMAGES)).toContain('The dream as it grows');
  }
  expect(await asked()).toMatchObject([
    [{ message: 'What the window shows has ended unexpectedly several times.' }],
  ]);
});

/** Where the program is killed, in a repeatable way. */
const SEED = 20261128;
const DEATHS = 10;

test('a program that is killed at ten moments leaves everything whole', async ({
  unopened: studio,
  folder,
  home,
}) => {
  const next = numbers(SEED);
  const photos = await Promise.all(
    Array.from({ length: DEATHS }, (_, index) =>
      writePhoto(join(folder, `photo-${index}.png`), 320, 240, index),
    ),
  );
  for (const [index, photo] of photos.entries()) {
    await studio.start();
    await begin(studio, photo, index);
    await sleep(next() * 1200);
    await studio.kill();
  }
  await studio.start();
  for (const name of await readdir(join(home, 'gallery'))) {
    expect(name, 'no half-written file').toMatch(/^[^.].*\.png$/);
    await sharp(join(home, 'gallery', name)).stats();
  }
  for (const name of await readdir(home))
    if (name.endsWith('.json')) JSON.parse(await readFile(join(home, name), 'utf8'));
  await expect(studio.refusals).toHaveCount(0);
  // Every dream that was under way is still known, and the first of them goes on.
  await studio.go('Dream');
  await expect(studio.button('Resume')).toBeVisible();
  await studio.button('Resume').click();
  await expect(studio.button('Pause')).toBeVisible();
  await studio.button('Stop').click();
});

/** Something that writes: an import, a dream, a change of the settings. */
async function begin(studio: Studio, photo: string, index: number): Promise<void> {
  await studio.go('Gallery');
  await studio.drop(photo);
  if (index % 2 === 1) return;
  await studio.picture(`photo-${index}`).dblclick();
  await studio.set({ Octaves: '1', Steps: '300' });
  await studio.button('Dream').click();
  await studio.waitForStep(1);
}

async function crashPage(desktop: DesktopDoor): Promise<void> {
  await desktop.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
  );
}

/** Numbers in [0, 1), the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
