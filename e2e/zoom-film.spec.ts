/** A zoom film from the first press to the film that plays, and as a video. Films of a dream's steps are those of film.spec.ts. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';
import { writePhoto } from './support/photos.ts';
import { expect, test } from './support/test.ts';

const FRAMES = 24;

test('a film is keyed, grows before the eyes, is paused, plays, and leaves as a video', async ({
  studio,
  folder,
}) => {
  const { page } = studio;
  const slider = page.getByRole('slider', { name: 'Frame of the film' });
  await studio.drop(await writePhoto(join(folder, 'garden.png')));
  await studio.button('Film a flight into this picture').click();
  await studio.set({ Frames: String(FRAMES) });

  await slider.fill('12');
  await page.getByText('Key frames', { exact: true }).click();
  await studio.button('Rotation').click();
  await expect(studio.button('Rotation')).toHaveAttribute('aria-pressed', 'true');

  await studio.button('Film').click();
  await expect(studio.canvas('The newest frame of the film')).toBeVisible();
  const frame = async (): Promise<number> => Number(await slider.inputValue());
  await expect.poll(frame, { timeout: 60_000 }).toBeGreaterThan(1);
  await studio.button('Pause').click();
  await studio.button('Resume').click();
  await expect(studio.canvas('The last frame of the film')).toBeVisible({ timeout: 60_000 });
  await expect(slider).toHaveAttribute('aria-valuetext', `Frame ${FRAMES} of ${FRAMES}`);

  await studio.button('Play').click();
  await expect(studio.canvas('The film, playing')).toBeVisible();
  await expect.poll(frame).toBeLessThan(FRAMES);
  await studio.button('Stop playing').click();

  await studio.button('Export…').click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByLabel('Kind').selectOption('webm');
  const path = join(folder, 'garden film.webm');
  await studio.save(() => dialog.getByRole('button', { name: 'Make the film' }).click(), path);
  const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(await readFile(path)) });
  const track = await input.getPrimaryVideoTrack();
  if (track === null) throw new Error('The film has no video track.');
  let count = 0;
  for await (const _ of new EncodedPacketSink(track).packets()) count++;
  expect(count).toBe(FRAMES);
  await dialog.getByRole('button', { name: 'Close' }).click();

  await studio.go('Gallery');
  await studio.picture('garden-film').click();
  const details = page.getByRole('complementary', { name: 'The selected picture' });
  await studio.button('Play the film').click();
  await expect(details.getByRole('img', { name: 'The film, playing' })).toBeVisible();
  await expect(details).toContainText('Key frames 12 rotate=0');
});
