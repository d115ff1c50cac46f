/** The gallery: pictures come in, however they are, and nothing that is no picture does. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { paint, writePhoto } from './support/photos.ts';
import { expect, test } from './support/test.ts';

test('a dropped photo is in the gallery, and stays', async ({ studio, folder }) => {
  await studio.drop(await writePhoto(join(folder, 'garden.png'), 160, 120));
  await expect(studio.picture('garden')).toHaveAccessibleName('garden 160 × 120');
  await studio.quit();
  await studio.start();
  await expect(studio.picture('garden')).toBeVisible();
});

test('a pasted picture is in the gallery', async ({ studio }) => {
  const bytes = await paint(60, 40).png().toBuffer();
  await studio.page.evaluate((base64) => {
    const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([data], 'image.png', { type: 'image/png' }));
    document.body.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
    );
  }, bytes.toString('base64'));
  await expect(studio.picture('image')).toHaveAccessibleName('image 60 × 40');
});

test('fifty dropped photos are taken one after the other, and none is lost', async ({ studio, folder }) => {
  const names = Array.from({ length: 50 }, (_, index) => `photo-${index + 1}`);
  const files = await Promise.all(
    names.map((name, seed) => writePhoto(join(folder, `${name}.png`), 48, 36, seed)),
  );
  await studio.drop(...files);
  await expect(studio.pictures).toHaveCount(50);
  await expect(studio.refusals).toHaveCount(0);
});

test('photos of any kind are taken upright', async ({ studio, folder }) => {
  const kinds = {
    'grey.jpg': await paint(80, 60).greyscale().jpeg().toBuffer(),
    'deep.png': await paint(80, 60).toColourspace('rgb16').png().toBuffer(),
    'turned.jpg': await paint(80, 60).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    'clear.webp': await paint(80, 60).ensureAlpha(0.5).webp().toBuffer(),
    'speck.png': await paint(1, 1).png().toBuffer(),
  };
  for (const [name, bytes] of Object.entries(kinds)) await writeFile(join(folder, name), bytes);
  await studio.drop(...Object.keys(kinds).map((name) => join(folder, name)));
  await expect(studio.pictures).toHaveCount(5);
  await expect(studio.picture('turned')).toHaveAccessibleName('turned 60 × 80');
});

test('what is no picture is refused by name and with a reason, and costs the others nothing', async ({
  studio,
  folder,
}) => {
  const good = await writePhoto(join(folder, 'good.png'), 64, 48);
  const whole = await paint(640, 480).jpeg().toBuffer();
  const bad = {
    'empty.png': Buffer.alloc(0),
    'letter.jpg': Buffer.from('Dear Sir or Madam, this is no picture.'),
    'half.jpg': whole.subarray(0, 200),
    'broken.onnx': Buffer.from('neither a network'),
  };
  for (const [name, bytes] of Object.entries(bad)) await writeFile(join(folder, name), bytes);
  await studio.drop(...Object.keys(bad).map((name) => join(folder, name)), good);
  await expect(studio.picture('good')).toBeVisible();
  await expect(studio.refusals).toHaveCount(4);
  for (const name of Object.keys(bad))
    await expect(studio.refusals.filter({ hasText: name })).toContainText(/\.$/);
  await expect(studio.pictures).toHaveCount(1);
  await studio.page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(studio.refusals).toHaveCount(0);
});

test('a picture goes to the trash', async ({ studio, folder }) => {
  await studio.drop(
    await writePhoto(join(folder, 'one.png'), 64, 48, 1),
    await writePhoto(join(folder, 'two.png'), 64, 48, 2),
  );
  await studio.picture('one').click();
  await studio.button('Move to the trash').click();
  await expect(studio.pictures).toHaveCount(1);
  await expect(studio.picture('two')).toBeVisible();
});
