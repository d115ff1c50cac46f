/** A long look through a large gallery: pictures are decoded in the main process all the while, which must live through it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { paint } from '../support/photos.ts';
import { expect, test } from './desktop-test.ts';

const PICTURES = 1000;
/** A minute, or longer, by hand: REVERIE_SCROLL_S=60 npm run e2e -- --project=desktop thousand */
const SECONDS = Number(process.env['REVERIE_SCROLL_S'] ?? 10);

test.beforeEach(async ({ home }) => {
  const picture = await paint(640, 480).jpeg().toBuffer();
  // Of the same pixels, and yet files of their own: what follows the end of a JPEG is nobody's business.
  for (let index = 0; index < PICTURES; index += 1) {
    const bytes = Buffer.concat([picture, Buffer.from(String(index))]);
    await writeFile(join(home, 'gallery', `photo-${String(index).padStart(4, '0')}.jpg`), bytes);
  }
});

test(`a gallery of ${PICTURES} pictures is scrolled for ${SECONDS} seconds`, async ({ studio }) => {
  test.setTimeout(test.info().timeout + SECONDS * 2000);
  const { page } = studio;
  await studio.expectPictures(PICTURES);
  await studio.pictures.first().hover();
  const end = Date.now() + SECONDS * 1000;
  for (let turn = 0; Date.now() < end; turn += 1) {
    // Down to the end, and up again.
    await page.mouse.wheel(0, turn % 200 < 100 ? 600 : -600);
    await page.waitForTimeout(20);
  }
  await studio.pictures.first().press('End');
  const image = studio.pictures.and(page.locator(':focus')).locator('img');
  await expect
    .poll(() => image.evaluate((img) => img instanceof HTMLImageElement && img.naturalWidth))
    .toBe(384);
});
