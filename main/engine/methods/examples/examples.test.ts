/** The search for examples, on a network of a few kilobytes: what it finds, what it keeps, and what a unit can see. */
import { parseRequest } from '../../../../shared/methods/request.ts';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ExamplesResult } from '../../../../shared/methods/examples.ts';
import { random } from '../../ascent/random.ts';
import { decodeImage, saveImage } from '../../imaging/codec.ts';
import { float32 } from '../../graph/tensor.ts';
import { clonePixels, createPixels, type Pixels } from '../../imaging/pixels.ts';
import { loadModel } from '../../models/load.ts';
import { IMAGE } from '../../models/model.ts';
import { ProgramCache } from '../../runtime/cache.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import { describeWithShared, sharedFile } from '../../testing/shared-folder.ts';
import { writeTinyModel } from '../../testing/tiny-model.ts';
import { viewOf } from '../common/view.ts';
import type { MethodContext } from '../common/context.ts';
import { runExamples } from './job.ts';
import { ScanProgram } from './scan-program.ts';

const SIDE = 32;
const folder = await mkdtemp(join(tmpdir(), 'reverie-examples-'));
afterAll(() => rm(folder, { recursive: true }));
const photos = join(folder, 'photos');

const contextOf = async (path: string): Promise<MethodContext> => ({
  model: await loadModel(path),
  runtime: onnxRuntime({ threads: 1 }),
  programs: new ProgramCache(0),
});

function noise(width: number, height: number, seed: number): Pixels {
  const next = random(seed);
  const pixels = createPixels(width, height);
  pixels.data.forEach((_, i) => (pixels.data[i] = next()));
  return pixels;
}

let tiny: MethodContext;
beforeAll(async () => {
  writeTinyModel(join(folder, 'tiny.onnx'));
  tiny = await contextOf(join(folder, 'tiny.onnx'));
  await mkdir(join(photos, 'more'), { recursive: true });
  for (const [i, name] of ['a', 'b', 'more/c', 'more/d'].entries())
    await saveImage(noise(48 + i, 40, i), join(photos, `${name}.png`));
  await writeFile(join(photos, 'broken.jpg'), 'not a picture');
  await writeFile(join(photos, 'notes.txt'), 'no picture at all');
});

let cache = '';
let serial = 0;
beforeEach(() => (cache = join(folder, `cache-${serial++}`)));

async function search(settings: object, rest: object = {}): Promise<ExamplesResult> {
  const request = parseRequest('examples', { photos: [photos], settings, out: null, ...rest });
  for await (const event of runExamples(tiny, request, cache)) if (event.kind === 'done') return event.result;
  throw new Error('no result');
}

/** The largest value of a channel in a photo, and its place, computed by itself. */
async function peakOf(
  path: string,
  tensor: string,
  channel: number,
): Promise<[value: number, place: number]> {
  const program = await ScanProgram.lease(tiny, [tensor]);
  const { pixels } = await decodeImage(path);
  const [response] = await program.respond(viewOf(pixels, SIDE).apply(pixels));
  await program.release();
  return [response?.peaks[channel] ?? NaN, response?.places[channel] ?? NaN];
}

describe('examples', () => {
  it('are the photos of the folder with the largest values, best first', async () => {
    const { units, failed, photos: count } = await search({ target: 'channel:relu2/3', top: 3 });
    const [unit] = units;
    expect(count).toBe(5);
    expect(failed.map(({ path }) => basename(path))).toEqual(['broken.jpg']);
    const values = unit?.examples.map(({ value }) => value) ?? [];
    expect(values).toHaveLength(3);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    for (const { path, value, position } of unit?.examples ?? []) {
      const [peak, place] = await peakOf(path, 'relu2', 3);
      expect(value).toBe(peak);
      expect(position).toEqual({ x: place % 8, y: Math.floor(place / 8) });
    }
    expect(unit?.histogram.counts.reduce((a, b) => a + b, 0)).toBe(4);
  });

  it('serve every unit of a layer with one scan, and the next search with none', async () => {
    const first = await search({ target: 'layer:relu2' });
    expect(first).toMatchObject({ cached: 0, units: [] });
    const second = await search({ target: ['channel:relu2/0', 'channel:relu2/5', 'layer:relu2'] });
    expect(second.cached).toBe(4);
    expect(second.units.map(({ target }) => target)).toEqual(['channel:relu2/0', 'channel:relu2/5']);
    expect((await search({ target: 'channel:relu1/0' })).cached).toBe(0);
  });

  it('go on after a scan that was broken off', async () => {
    const request = parseRequest('examples', {
      photos: [photos],
      settings: { target: 'layer:relu1' },
      out: null,
    });
    let steps = 0;
    for await (const event of runExamples(tiny, request, cache))
      if (event.kind === 'step' && ++steps === 2) break;
    expect((await search({ target: 'layer:relu1' })).cached).toBe(2);
  });

  it('of a class are found by its name', async () => {
    const { units } = await search({ target: 'class:b', top: 1 });
    expect(units).toMatchObject([{ target: 'class:1', label: 'b', layer: 'logits' }]);
    // The average over the picture sees all of it.
    const [example] = units[0]?.examples ?? [];
    expect(example?.crop.width).toBeGreaterThan(34);
  });

  it('come as a sheet, and with their crops as pictures', async () => {
    const out = join(folder, 'sheet.png');
    const { output, units } = await search({ target: 'channel:relu2/1', top: 2 }, { out, pictures: true });
    expect(output).toBe(out);
    const { pixels } = await decodeImage(out);
    expect([pixels.width, pixels.height]).toEqual([2 * 160 + 4, 2 * 160 + 4]);
    expect(units[0]?.examples[0]).toMatchObject({ picture: { width: 160 }, guided: { height: 160 } });
  });

  it('tell which channels feed a unit most', async () => {
    const { units } = await search({ target: 'channel:relu2/2', top: 1 });
    const inputs = units[0]?.inputs ?? [];
    expect(inputs[0]?.layer).toBe('pool1');
    expect(inputs.map(({ channel }) => channel).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const sizes = inputs.map(({ weight }) => Math.abs(weight));
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  });

  it.each([
    ['a neuron', { target: 'neuron:relu2/1@0,0' }, {}, 'usage/option'],
    ['a sum', { target: 'channel:relu2/1 channel:relu2/2' }, {}, 'usage/option'],
    ['a channel that is not there', { target: 'channel:relu2/6' }, {}, 'usage/option'],
    ['a layer that is not there', { target: 'channel:relu9/6' }, {}, 'layer/unknown'],
    [
      'a folder that is not there',
      { target: 'layer:relu2' },
      { photos: [join(folder, 'none')] },
      'image/missing',
    ],
    [
      'a folder without pictures',
      { target: 'layer:relu2' },
      { photos: [join(folder, 'tiny.json')] },
      'image/unreadable',
    ],
  ])('refuse %s', async (_, settings, rest, code) => {
    await expect(search(settings, rest)).rejects.toMatchObject({ code });
  });

  it('leave nothing half-written in their cache', async () => {
    await search({ target: 'layer:relu2' });
    const files = await readdir(cache, { recursive: true, withFileTypes: true });
    expect(files.filter((file) => file.isFile())).toHaveLength(4);
    expect(files.some(({ name }) => name.endsWith('.tmp'))).toBe(false);
  });
});

/** How much the largest value at a position changes with all pixels outside of what it sees, and with those inside. */
async function influence(
  { model, runtime }: MethodContext,
  tensor: string,
  at: { x: number; y: number },
  side: number,
): Promise<{ outside: number; inside: number }> {
  const g = model.build({ width: side, height: side }, [tensor]);
  const [, channels = 1, height = 1, width = 1] = g.dims(tensor);
  const program = await runtime.compile(g.finish([tensor]));
  const valuesOf = async ({ data }: Pixels): Promise<number[]> => {
    const found = await program.run({ [IMAGE]: float32(data, [1, 3, side, side]) });
    const place = at.y * width + at.x;
    return Array.from({ length: channels }, (_, c) => found[tensor]?.data[c * height * width + place] ?? NaN);
  };
  const picture = noise(side, side, 5);
  const seen = model.seen(tensor, at, { width: side, height: side });
  const [outside, inside] = [clonePixels(picture), clonePixels(picture)];
  picture.data.forEach((value, i) => {
    const [x, y] = [i % side, Math.floor(i / side) % side];
    const within = x >= seen.x && x < seen.x + seen.width && y >= seen.y && y < seen.y + seen.height;
    (within ? inside : outside).data[i] = 1 - value;
  });
  const before = await valuesOf(picture);
  const channel = before.indexOf(Math.max(...before));
  const change = async (changed: Pixels): Promise<number> =>
    Math.abs(((await valuesOf(changed))[channel] ?? NaN) - (before[channel] ?? NaN));
  const result = { outside: await change(outside), inside: await change(inside) };
  await program.dispose();
  return result;
}

describe('what a unit sees', () => {
  it.each([
    ['conv1', { x: 5, y: 3 }],
    ['pool1', { x: 0, y: 7 }],
    ['conv2', { x: 4, y: 4 }],
  ])('decides about %s alone', async (tensor, at) => {
    const { outside, inside } = await influence(tiny, tensor, at, SIDE);
    expect(outside).toBe(0);
    expect(inside).toBeGreaterThan(0);
  });
});

describeWithShared('what a unit of GoogLeNet sees', () => {
  it.each([
    ['inception_3a/output', { x: 14, y: 12 }],
    ['inception_3b/output', { x: 3, y: 25 }],
  ])('decides about %s alone', async (tensor, at) => {
    const googlenet = await contextOf(sharedFile('models', 'googlenet.onnx'));
    const { outside, inside } = await influence(googlenet, tensor, at, 224);
    // The order of additions may depend on what lies elsewhere.
    expect(outside).toBeLessThan(1e-3);
    expect(inside).toBeGreaterThan(1e-2);
  });
});
