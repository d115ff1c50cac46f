/** Films and single steps leave the studio as files that other programs read. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';
import sharp from 'sharp';
import { writePhoto } from './support/photos.ts';
import { QUICK } from './support/studio.ts';
import { expect, test } from './support/test.ts';

test.beforeEach(async ({ studio, folder }) => {
  await studio.layOnDesk(await writePhoto(join(folder, 'garden.png')));
  await studio.set(QUICK);
  await studio.button('Dream').click();
  await studio.expectFinished();
  await studio.button('Export…').click();
});

test('a film of the steps has every step, for as long as was asked', async ({ studio, folder }) => {
  const dialog = studio.page.getByRole('dialog', { name: 'Export' });
  await dialog.getByLabel('Kind').selectOption('webm');
  await dialog.getByLabel('Steps a second').selectOption('8');
  await dialog.getByLabel('Hold the end for').fill('1');
  const path = join(folder, 'garden dream.webm');
  await studio.save(() => dialog.getByRole('button', { name: 'Make the film' }).click(), path);
  await expect(dialog.getByRole('status')).toHaveText('Saved as garden dream.webm.');

  const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(await readFile(path)) });
  const track = await input.getPrimaryVideoTrack();
  if (track === null) throw new Error('The film has no video track.');
  expect((await input.getFormat()).name).toBe('WebM');
  expect([await track.getDisplayWidth(), await track.getDisplayHeight()]).toEqual([128, 96]);
  const times: number[] = [];
  for await (const { timestamp } of new EncodedPacketSink(track).packets()) times.push(timestamp);
  // The start and eight steps, and the last of them held.
  expect(times).toHaveLength(9);
  times.forEach((time, index) => expect(time).toBeCloseTo(index / 8, 2));
  expect(await input.getDurationFromMetadata()).toBeCloseTo(9 / 8 + 1, 1);
});

test('every step is saved: in one archive by a browser, in a folder by the desktop', async ({
  studio,
  folder,
  door,
}) => {
  const saveSteps = (): Promise<void> => studio.page.getByRole('button', { name: 'Save the steps…' }).click();
  const steps = join(folder, 'steps');
  await mkdir(steps);
  if (door === 'desktop') {
    await studio.saveAll(saveSteps, steps, 8);
    await expect(studio.page.getByText('Saved as steps.')).toBeVisible();
  } else {
    const [archive = ''] = await studio.saveAll(saveSteps, steps, 1);
    expect(namesInZip(await readFile(archive))).toHaveLength(8);
  }
});

test('a picture is saved in every format', async ({ studio, folder }) => {
  const dialog = studio.page.getByRole('dialog', { name: 'Export' });
  for (const format of ['png', 'jpeg', 'webp', 'tiff', 'avif']) {
    await dialog.getByLabel('Format').selectOption(format);
    const path = join(folder, `picture.${format}`);
    await studio.save(() => dialog.getByRole('button', { name: 'Save…' }).click(), path);
    const { width, height } = await sharp(path).metadata();
    expect([width, height], format).toEqual([128, 96]);
  }
});

/** The names in a ZIP's central directory (APPNOTE 4.3.12), without the check of its contents. */
function namesInZip(bytes: Buffer): string[] {
  const end = bytes.lastIndexOf(Buffer.from('PK\u0005\u0006'));
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  return Array.from({ length: count }, () => {
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset));
    const text = bytes.toString('utf8', at + 46, at + 46 + (name ?? 0));
    at += 46 + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
    return text;
  });
}
