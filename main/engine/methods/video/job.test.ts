import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultOf } from '../../../../shared/jobs.ts';
import { parseRequest, type RequestOf } from '../../../../shared/methods/request.ts';
import type { VideoResult } from '../../../../shared/methods/video.ts';
import { decodeImage, saveImage } from '../../imaging/codec.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import { modelsFolder } from '../../models/folder.ts';
import { loadModel } from '../../models/load.ts';
import { ProgramCache } from '../../runtime/cache.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import type { MethodContext } from '../common/context.ts';
import { readStoredRecipe } from '../common/stored-recipe.ts';
import { seenThrough } from '../film/view.ts';
import { runVideo } from './job.ts';
import { sceneAt } from './testing/scene.ts';

const folder = mkdtempSync(join(tmpdir(), 'reverie-video-'));
const size = { width: 80, height: 60 };
const FRAMES = 8;
/** Of the window over the scene, in pixels a frame. */
const PAN = { x: 1.5, y: -0.75 };
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
let context: MethodContext;

/** A folder of frames: of a pan, or of other pictures. */
async function clip(
  name: string,
  frames: number,
  at = (t: number) => sceneAt(size, t * PAN.x, t * PAN.y),
): Promise<string> {
  const path = join(folder, name);
  mkdirSync(path);
  // Numbers without leading zeros: the order is theirs, not the alphabet's.
  for (let t = 0; t < frames; t++) await saveImage(at(t), join(path, `frame ${t + 1}.png`));
  return path;
}

let pan: string;
beforeAll(async () => {
  const model = await loadModel(join(modelsFolder(), 'dreamnet.onnx'));
  context = { model, runtime: onnxRuntime({ threads: 1 }), programs: new ProgramCache(2 ** 28) };
  pan = await clip('pan', FRAMES);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
function order(clip: string, settings: object = {}, rest: object = {}): RequestOf<'video'> {
  const few = { octaves: 1, layers: 'mixed3b', rate: 2, ...settings };
  return parseRequest('video', { clip, settings: few, out: join(folder, `film-${count++}`), ...rest });
}
const make = (request: RequestOf<'video'>): Promise<VideoResult> => resultOf(runVideo(context, request));

const hashes = (path: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(path).map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(path, name)))
        .digest('hex'),
    ]),
  );

const frame = async ({ out }: { out: string }, number: number): Promise<Pixels> =>
  (await decodeImage(join(out, `${String(number).padStart(4, '0')}.png`))).pixels;

/** Mean difference of two pictures away from the edges, in grey levels. */
function apart(a: Pixels, b: Pixels): number {
  let [sum, counted] = [0, 0];
  for (let y = 8; y < a.height - 8; y++) {
    for (let x = 8; x < a.width - 8; x++, counted++) {
      const i = y * a.width + x;
      sum += Math.abs((a.data[i] ?? 0) - (b.data[i] ?? 0));
    }
  }
  return (255 * sum) / counted;
}

/** How far frames are from the ones before, moved as the scene moved. @param scale of the film to the clip */
async function warpErrors(film: { out: string }, frames: number, scale = 1): Promise<number[]> {
  const errors: number[] = [];
  const map = { xu: 1, xv: 0, x: scale * PAN.x, yu: 0, yv: 1, y: scale * PAN.y };
  for (let t = 2; t <= frames; t++)
    errors.push(apart(await frame(film, t), seenThrough(await frame(film, t - 1), map)));
  return errors;
}
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a dreamed video', () => {
  it('moves with what was filmed: three times as calm as frames that are dreamed apart', async () => {
    const film = order(pan);
    const result = await make(film);
    expect(result).toMatchObject({ frames: FRAMES, steps: FRAMES, ...size, fps: 25, cuts: [], video: null });
    expect(readdirSync(film.out)).toEqual(
      Array.from({ length: FRAMES }, (_, i) => `${String(i + 1).padStart(4, '0')}.png`),
    );
    expect((await readStoredRecipe(join(film.out, '0008.png'))).recipe).toEqual(result.recipe);
    // Each frame as strong a dream, but none knows of the other: every one begins as a film of its own.
    const few = 4;
    const alone = { out: join(folder, 'alone') };
    mkdirSync(alone.out);
    for (let t = 1; t <= few; t++) {
      const one = await clip(`one-${t}`, 2, () => sceneAt(size, (t - 1) * PAN.x, (t - 1) * PAN.y));
      const own = order(one, { seed: t });
      await make(own);
      await saveImage(await frame(own, 1), join(alone.out, `${String(t).padStart(4, '0')}.png`));
    }
    expect(mean(await warpErrors(film, FRAMES))).toBeLessThan(mean(await warpErrors(alone, few)) / 3);
    // It is a dream, and a dream all the time.
    const dreamt = async (t: number): Promise<number> =>
      apart(await frame(film, t), sceneAt(size, (t - 1) * PAN.x, (t - 1) * PAN.y));
    expect(await dreamt(1)).toBeGreaterThan(4);
    expect(await dreamt(FRAMES)).toBeGreaterThan(0.6 * (await dreamt(1)));
    expect(Math.abs(result.brightness.first - result.brightness.last)).toBeLessThan(2);
  });

  it('of a still scene is still', async () => {
    const still = order(await clip('still', 6, () => sceneAt(size, 0, 0)));
    await make(still);
    for (let t = 2; t <= 6; t++)
      expect(apart(await frame(still, t), await frame(still, t - 1))).toBeLessThan(1);
  });

  it('begins anew where another scene begins', async () => {
    const path = await clip('cut', 6, (t) => sceneAt(size, t * PAN.x, 0, t < 3 ? 1 : 5));
    const film = order(path);
    expect((await make(film)).cuts).toEqual([4]);
    const alone = order(await clip('behind the cut', 2, (t) => sceneAt(size, (t + 3) * PAN.x, 0, 5)));
    await make(alone);
    expect(apart(await frame(film, 4), await frame(alone, 1))).toBe(0);
  });

  it.each<[string, object]>([
    ['in one piece', {}],
    ['in segments', { segment: 4, overlap: 2 }],
  ])('that is left anywhere becomes the very film it would have been: %s', async (_, settings) => {
    const undisturbed = order(pan, settings);
    await make(undisturbed);
    for (const left of [1, 6]) {
      const request = order(pan, settings);
      for await (const event of runVideo(context, request))
        if (event.kind === 'step' && event.step === left) break;
      expect((await make(request)).steps).toBe(FRAMES - left);
      expect(hashes(request.out)).toEqual(hashes(undisturbed.out));
    }
    await expect(make({ ...undisturbed, settings: { ...undisturbed.settings, rate: 1 } })).rejects.toThrow(
      /already holds another film/,
    );
  });

  it('at the seams of its segments changes hardly more than inside', async () => {
    const frames = 26;
    const film = order(await clip('long', frames), { segment: 13, overlap: 12, size: 64 });
    await make(film);
    const errors = await warpErrors(film, frames, 0.8);
    const inside = mean(errors.slice(0, 12));
    // From frame 14 to frame 25 one fades into the other.
    for (const error of errors.slice(12)) expect(error).toBeLessThan(1.5 * inside);
  });

  it.skipIf(!hasFfmpeg)(
    'is made from a video file, where ffmpeg is on the PATH, and keeps its rate and its sound',
    async () => {
      const source = join(folder, 'clip.mp4');
      const words = ['-loglevel', 'error', '-framerate', '12', '-i', join(pan, 'frame %d.png')];
      const sound = ['-f', 'lavfi', '-i', 'sine=440:d=1', '-shortest', '-pix_fmt', 'yuv420p', source];
      expect(spawnSync('ffmpeg', [...words, ...sound]).status).toBe(0);
      const film = order(source, {}, { video: join(folder, 'dreamt.mp4') });
      expect(await make(film)).toMatchObject({ fps: 12, frames: FRAMES, ...size });
      // The frames that were taken out are gone with their purpose.
      expect(readdirSync(film.out)).toHaveLength(FRAMES);
      const shown = ['-v', 'error', '-show_entries', 'stream=codec_type,avg_frame_rate', '-of', 'csv=p=0'];
      const { stdout } = spawnSync('ffprobe', [...shown, join(folder, 'dreamt.mp4')], { encoding: 'utf8' });
      expect(stdout).toMatch(/video,12\/1/);
      expect(stdout).toMatch(/audio/);
      writeFileSync(join(folder, 'no.mp4'), 'no video at all');
      await expect(make(order(join(folder, 'no.mp4')))).rejects.toThrow(/cannot be read as a video/);
    },
  );

  it('is refused in a sentence where there is nothing to dream on', async () => {
    await expect(make(order(join(folder, 'nowhere')))).rejects.toThrow(/There is nothing at/);
    mkdirSync(join(folder, 'empty'));
    await expect(make(order(join(folder, 'empty')))).rejects.toThrow(
      /has no picture; a video is at least two frames/,
    );
    const mixed = await clip('mixed', 3, (t) => sceneAt(t === 2 ? { width: 50, height: 80 } : size, 0, 0));
    await expect(make(order(mixed))).rejects.toThrow(
      /frame 3\.png" has 50×80 pixels, but the first frame has 80×60/,
    );
    const path = process.env['PATH'];
    process.env['PATH'] = folder;
    try {
      writeFileSync(join(folder, 'some.mp4'), 'a video');
      const request = order(join(folder, 'some.mp4'));
      await expect(make(request)).rejects.toThrow(
        /is not found on this machine's PATH: install it, or give a folder/,
      );
      expect(existsSync(request.out)).toBe(false);
    } finally {
      process.env['PATH'] = path;
    }
  });
});
