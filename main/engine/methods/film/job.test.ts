import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultOf } from '../../../../shared/jobs.ts';
import type { FilmResult } from '../../../../shared/methods/film.ts';
import { parseRequest, type RequestOf } from '../../../../shared/methods/request.ts';
import { decodeImage, saveImage } from '../../imaging/codec.ts';
import { createPixels, type Pixels } from '../../imaging/pixels.ts';
import { loadModel } from '../../models/load.ts';
import type { Model } from '../../models/model.ts';
import { ProgramCache } from '../../runtime/cache.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import { writeTinyModel } from '../../testing/tiny-model.ts';
import type { MethodContext } from '../common/context.ts';
import { readStoredRecipe } from '../common/stored-recipe.ts';
import { brightnessOf } from './colours.ts';
import { runFilm } from './job.ts';

const folder = mkdtempSync(join(tmpdir(), 'reverie-film-'));
const image = join(folder, 'photo.png');
let context: MethodContext;
beforeAll(async () => {
  writeTinyModel(join(folder, 'tiny.onnx'), { dreamLayers: [{ layer: 'relu2', weight: 1 }] });
  const model: Model = await loadModel(join(folder, 'tiny.onnx'));
  context = { model, runtime: onnxRuntime({ threads: 1 }), programs: new ProgramCache(2 ** 26) };
  const photo = createPixels(60, 44);
  photo.data.forEach((_, i) => (photo.data[i] = 0.5 + 0.4 * Math.sin(i * 0.17) * Math.cos(i * 0.013)));
  await saveImage(photo, image);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
function order(settings: object = {}, rest: object = {}): RequestOf<'film'> {
  const film = { frames: 9, steps: 1, octaves: 1, size: 48, layers: 'relu2', ...settings };
  return parseRequest('film', { image, settings: film, out: join(folder, `film-${count++}`), ...rest });
}

const make = (request: RequestOf<'film'>): Promise<FilmResult> => resultOf(runFilm(context, request));

/** What is in a folder, by name: hashes of the files. */
const hashes = (path: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(path)
      .sort()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(path, name)))
          .digest('hex'),
      ]),
  );

const frame = async (request: RequestOf<'film'>, number: number): Promise<Pixels> =>
  (await decodeImage(join(request.out, `${String(number).padStart(4, '0')}.png`))).pixels;

/** Mean difference of two pictures, in grey levels. */
const apart = (a: Pixels, b: Pixels): number =>
  (255 * a.data.reduce((sum, value, i) => sum + Math.abs(value - (b.data[i] ?? 0)), 0)) / a.data.length;

describe('a zoom film', () => {
  it('is a folder of frames with its recipe in each, of which the first is the picture', async () => {
    const request = order();
    const result = await make(request);
    expect(readdirSync(request.out).sort()).toEqual(Array.from({ length: 9 }, (_, i) => `000${i + 1}.png`));
    expect(result).toMatchObject({
      output: request.out,
      frames: 9,
      steps: 9,
      width: 48,
      height: 35,
      video: null,
    });
    for (const name of ['0001.png', '0009.png'])
      expect((await readStoredRecipe(join(request.out, name))).recipe).toEqual(result.recipe);
    const photo = (await decodeImage(image, { maxSide: 48 })).pixels;
    expect(apart(await frame(request, 1), photo)).toBeLessThan(4);
    expect(Math.abs(result.brightness.first - result.brightness.last)).toBeLessThan(1);
    expect(brightnessOf(await frame(request, 5))).toBeCloseTo(result.brightness.first, 0);
  });

  it('tells its steps, and how long it will take', async () => {
    const steps: number[] = [];
    for await (const event of runFilm(context, order({ frames: 12 }))) {
      if (event.kind === 'started') expect(event.notes.join(' ')).toMatch(/It will take about \d+ seconds\./);
      if (event.kind === 'step') steps.push(event.step);
    }
    expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it.each<[string, object]>([
    ['in one piece', {}],
    ['in segments', { segment: 4, overlap: 2, frames: 11 }],
    [
      'in a loop with key frames',
      { loop: true, overlap: 4, keys: '1 layers=relu1; 8 layers=relu2 zoom=1.1 rotate=3' },
    ],
  ])('that is left anywhere becomes the very film it would have been: %s', async (_, settings) => {
    const undisturbed = order(settings);
    await make(undisturbed);
    const expected = hashes(undisturbed.out);
    for (const left of [1, 3, 6, 8]) {
      const request = order(settings);
      for await (const event of runFilm(context, request))
        if (event.kind === 'step' && event.step === left) break;
      const { steps } = await make(request);
      expect(steps).toBe(undisturbed.settings.frames - left);
      expect(hashes(request.out)).toEqual(expected);
    }
    // Nothing is made again; a frame that somebody deleted is.
    expect((await make(undisturbed)).steps).toBe(0);
    rmSync(join(undisturbed.out, '0006.png'));
    await make(undisturbed);
    expect(hashes(undisturbed.out)).toEqual(expected);
  });

  it('that is killed between a frame of a segment and what it is faded to becomes that film, too', async () => {
    const settings = { segment: 4, overlap: 2, frames: 11 };
    const [undisturbed, request] = [order(settings), order(settings)];
    await make(undisturbed);
    for await (const event of runFilm(context, request)) if (event.kind === 'step' && event.step === 6) break;
    rmSync(join(request.out, '0006.png'));
    await make(request);
    expect(hashes(request.out)).toEqual(hashes(undisturbed.out));
  });

  it('in a loop ends where it began', async () => {
    const settings = { frames: 16, overlap: 8, zoom: 1.02 };
    const [open, closed] = [order(settings), order({ ...settings, loop: true })];
    await make(open);
    await make(closed);
    const inside = apart(await frame(closed, 1), await frame(closed, 2));
    expect(apart(await frame(closed, 16), await frame(closed, 1))).toBeLessThan(2 * inside);
    expect(apart(await frame(open, 16), await frame(open, 1))).toBeGreaterThan(4 * inside);
    await expect(make(order({ loop: true, overlap: 0 }))).rejects.toThrow(/--overlap to at least 1/);
  });

  it('at the seams of its segments changes no more than inside', async () => {
    const request = order({ frames: 24, segment: 12, overlap: 6, zoom: 1.02 });
    await make(request);
    const changes: number[] = [];
    for (let t = 2; t <= 24; t++) changes.push(apart(await frame(request, t - 1), await frame(request, t)));
    const inside = changes.slice(3, 10).reduce((sum, value) => sum + value, 0) / 7;
    // From frame 12 on to frame 18 one fades into the other.
    for (const change of changes.slice(11, 17)) expect(change).toBeLessThan(1.5 * inside);
  });

  it('is never mixed with another, or with pictures that are there', async () => {
    const request = order();
    await make(request);
    await expect(make({ ...request, settings: { ...request.settings, zoom: 1.1 } })).rejects.toMatchObject({
      code: 'usage/option',
      message: expect.stringMatching(/already holds another film; name another one/) as string,
    });
    const other = order();
    await make(order({}, { out: other.out, settings: { ...other.settings, seed: 3 } }));
    const pictures = order();
    await saveImage(createPixels(5, 5), join(folder, '0001.png'));
    await expect(make({ ...pictures, out: folder })).rejects.toThrow(/already holds other pictures/);
  });

  it('goes on with the tiles that it began with, whatever memory there is now', async () => {
    const request = order({ tile: 64 });
    await make(request);
    const again = { ...request, settings: { ...request.settings, tile: null } };
    expect((await make(again)).recipe.settings.tile).toBe(64);
  });

  it('is also one animated picture, and a poster', async () => {
    const [video, poster] = [join(folder, 'film.webp'), join(folder, 'poster.png')];
    const result = await make(order({ fps: 10 }, { video, poster }));
    expect(result.video).toBe(video);
    expect(readFileSync(video).toString('latin1')).toMatch(/^RIFF.{4}WEBPVP8X.*ANIM/s);
    expect(readFileSync(video).toString('latin1').split('ANMF')).toHaveLength(10);
    expect((await readStoredRecipe(poster)).recipe).toEqual(result.recipe);
    const gif = join(folder, 'film.gif');
    await make(order({ frames: 3 }, { video: gif }));
    expect(readFileSync(gif).toString('latin1', 0, 6)).toBe('GIF89a');
  });

  it.skipIf(spawnSync('ffmpeg', ['-version']).status !== 0)(
    'is also a video, where ffmpeg is on the PATH',
    async () => {
      const video = join(folder, 'film.mp4');
      const request = order({ frames: 5, size: 49 }, { video });
      const result = await make(request);
      expect(result).toMatchObject({ video, width: 49, steps: 5 });
      expect(readFileSync(video).toString('latin1', 4, 8)).toBe('ftyp');
      // What is on its way is not left behind.
      expect(readdirSync(folder).filter((name) => name.startsWith('.reverie'))).toEqual([]);
    },
  );

  it('is told from a video, which another command dreams on', async () => {
    for (const path of [folder, join(folder, 'clip.mp4')])
      await expect(make({ ...order(), image: path })).rejects.toThrow(/reverie video dreams/);
  });

  it('is refused as a video before it begins, where that cannot be made', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = folder;
    try {
      const request = order({}, { video: join(folder, 'film.mp4') });
      await expect(make(request)).rejects.toThrow(/ffmpeg, which is not found on this machine's PATH/);
      expect(existsSync(request.out)).toBe(false);
    } finally {
      process.env['PATH'] = path;
    }
    await expect(make(order({}, { video: join(folder, 'film.avi') }))).rejects.toThrow(
      /ends in none of \.mp4, \.mov, \.mkv, \.webm, \.gif, \.webp/,
    );
    const long = order({ frames: 20_000, size: 512 }, { video: join(folder, 'long.gif') });
    await expect(make(long)).rejects.toThrow(/can have at most \d+; take a video/);
  });
});
