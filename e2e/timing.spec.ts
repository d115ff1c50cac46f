/**
 * What a person feels, measured while it happens. The figures are reported and not judged: another machine is not a fault. Those of
 * `npm run e2e -- --workers=1 timing` are told by `npm run bench`, too.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { longTasks, report, watchLongTasks } from './support/figures.ts';
import { paint, writePhoto } from './support/photos.ts';
import { expect, test } from './support/test.ts';

const PICTURES = 1000;

test('from Dream to the first changed picture at 512 px, and what the window does meanwhile', async ({
  studio,
  folder,
}) => {
  const { page } = studio;
  await studio.layOnDesk(await writePhoto(join(folder, 'garden.png'), 512, 384));
  await studio.set({ Octaves: '2', Steps: '12' });
  await watchLongTasks(page);
  await page.evaluate(() => {
    // The live picture is drawn by this alone.
    CanvasRenderingContext2D.prototype.putImageData = new Proxy(
      // oxlint-disable-next-line typescript/unbound-method -- the proxy passes `this` on
      CanvasRenderingContext2D.prototype.putImageData,
      {
        apply(draw, context, given) {
          performance.mark('drawn');
          Reflect.apply(draw, context, given);
        },
      },
    );
    document.addEventListener('click', () => performance.mark('pressed'), { capture: true, once: true });
  });
  await studio.button('Dream').click();
  await studio.expectFinished();
  const [pressed, drawn] = await page.evaluate(() =>
    ['pressed', 'drawn'].map((name) => performance.getEntriesByName(name).map(({ startTime }) => startTime)),
  );
  const first = drawn?.[0] ?? NaN;
  const tasks = await longTasks(page);
  await report({
    msToFirstChange: Math.round(first - (pressed?.[0] ?? NaN)),
    framesDrawn: drawn?.length ?? 0,
    longTasks: tasks.length,
    longestTaskMs: Math.round(Math.max(0, ...tasks)),
  });
  expect(first).toBeGreaterThan(0);
});

test('from the start to a usable window', async ({ studio }) => {
  await report({ msToUsable: Math.round(studio.msToOpen) });
  await expect(studio.page.getByRole('heading', { level: 1 })).toBeVisible();
});

test.describe(`with ${PICTURES} pictures`, () => {
  test.beforeEach(async ({ home }) => {
    const picture = await paint(192, 128).jpeg().toBuffer();
    // Of the same pixels, and yet files of their own: what follows the end of a JPEG is nobody's business.
    for (let index = 0; index < PICTURES; index += 1) {
      const bytes = Buffer.concat([picture, Buffer.from(String(index))]);
      await writeFile(join(home, 'gallery', `photo-${String(index).padStart(4, '0')}.jpg`), bytes);
    }
  });

  test('the gallery scrolls', async ({ studio }) => {
    const { page } = studio;
    await studio.expectPictures(PICTURES);
    await watchLongTasks(page);
    await studio.pictures.first().hover();
    const frames = page.evaluate(
      () =>
        new Promise<number[]>((resolve) => {
          const gaps: number[] = [];
          let last = performance.now();
          const next = (now: number): void => {
            gaps.push(now - last);
            last = now;
            if (gaps.length < 240) requestAnimationFrame(next);
            else resolve(gaps);
          };
          requestAnimationFrame(next);
        }),
    );
    for (let turn = 0; turn < 60; turn += 1) await page.mouse.wheel(0, 400);
    const gaps = (await frames).sort((a, b) => a - b);
    const tasks = await longTasks(page);
    await report({
      galleryPictures: PICTURES,
      galleryFrameMs95: Math.round(gaps[Math.floor(gaps.length * 0.95)] ?? NaN),
      galleryLongTasks: tasks.length,
      galleryLongestTaskMs: Math.round(Math.max(0, ...tasks)),
    });
    await studio.pictures.first().press('End');
    const image = studio.pictures.and(page.locator(':focus')).locator('img');
    await expect
      .poll(() => image.evaluate((img) => img instanceof HTMLImageElement && img.naturalWidth))
      .toBe(192);
  });
});
