import { parseRequest, type RequestOf } from '../../shared/methods/request.ts';
import { createHash } from 'node:crypto';
import { link, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DreamResult } from '../../shared/methods/dream.ts';
import { errorData, type ErrorCode } from '../../shared/errors.ts';
import type { JobEvent } from '../../shared/jobs.ts';
import { decodeImage, saveImage } from './imaging/codec.ts';
import { createPixels, type Pixels } from './imaging/pixels.ts';
import { createEngineService } from './service.ts';
import { writeTinyModel } from './testing/tiny-model.ts';

let folder = '';
let outputs = 0;
const engine = createEngineService();

/** A picture with something in it everywhere. */
function scene(width: number, height: number): Pixels {
  const picture = createPixels(width, height);
  picture.data.forEach((_, i) => (picture.data[i] = 0.5 + 0.3 * Math.sin(i * 0.17) * Math.cos(i * 0.013)));
  return picture;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-service-'));
  writeTinyModel(join(folder, 'tiny.onnx'));
  await saveImage(scene(60, 44), join(folder, 'photo.png'));
  await saveImage(createPixels(1, 1, 0.5), join(folder, 'dot.png'));
  const half = createPixels(60, 44);
  half.data.forEach((_, i) => (half.data[i] = i % 60 < 30 ? 0 : 1));
  await saveImage(half, join(folder, 'half.png'));
});
afterAll(() => rm(folder, { recursive: true }));

let out = '';
beforeEach(() => (out = join(folder, `out-${outputs++}.png`)));

/** A request as it would come through a port; `settings` are laid over short defaults. */
function order(settings: object = {}, rest: object = {}): RequestOf<'dream'> {
  return parseRequest('dream', {
    model: join(folder, 'tiny.onnx'),
    image: join(folder, 'photo.png'),
    out,
    settings: { steps: 3, octaves: 2, layers: 'relu2', normalise: 'mean', ...settings },
    ...rest,
  });
}

async function run(request: RequestOf<'dream'>): Promise<JobEvent<DreamResult>[]> {
  const events: JobEvent<DreamResult>[] = [];
  for await (const event of engine.dream(request)) events.push(event);
  return events;
}

const digest = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

it('a rehearsal gives way to a job, and changes nothing about it', async () => {
  await run(order());
  const before = await digest(out);
  const { settings, model, runtime, device } = order();
  const rehearsal = engine.rehearseDream({ settings, width: 60, height: 44, model, runtime, device });
  const events = await run(order());
  await rehearsal;
  expect(events.map(({ kind }) => kind)).toContain('done');
  expect(await digest(out)).toBe(before);
});

const refusal = async (work: Promise<unknown>): Promise<{ code: ErrorCode; message: string }> =>
  work.then(
    () => Promise.reject(new Error('was not refused')),
    (error: unknown) => errorData(error),
  );

describe('a dream', () => {
  it('tells what it will do, every step, and its result; the objective rises', async () => {
    const events = await run(order({ steps: 4 }, { preview: { maxSide: 30, everyMs: 0 } }));
    expect(events[0]).toMatchObject({
      kind: 'started',
      steps: 8,
      width: 60,
      height: 44,
      device: 'cpu',
      notes: [],
    });
    const steps = events.filter((event) => event.kind === 'step');
    expect(steps.map(({ step, stage }) => [step, stage?.octave, stage?.width])).toEqual([
      [1, 1, 43],
      [2, 1, 43],
      [3, 1, 43],
      [4, 1, 43],
      [5, 2, 60],
      [6, 2, 60],
      [7, 2, 60],
      [8, 2, 60],
    ]);
    expect(steps.every(({ frame }) => frame?.width === 30 && frame.rgba.length === 30 * 22 * 4)).toBe(true);
    const result = events.at(-1);
    expect(result).toMatchObject({ kind: 'done', result: { output: out, steps: 8, model: 'tiny' } });
    if (result?.kind !== 'done') throw new Error('no result');
    expect(result.result.objective.last).toBeGreaterThan(result.result.objective.first);
  });

  it('changes the picture by the rate: with one step its mean change is the rate in grey levels', async () => {
    await run(order({ steps: 1, octaves: 1, rate: 4, jitter: 0 }));
    const [before, after] = [scene(60, 44), (await decodeImage(out)).pixels];
    const change =
      after.data.reduce((sum, v, i) => sum + Math.abs(v - (before.data[i] ?? 0)), 0) / after.data.length;
    expect(change * 255).toBeGreaterThan(3.6);
    expect(change * 255).toBeLessThan(4.4);
  });

  it('gives the same bytes again, and others with another seed', async () => {
    const seeds = [5, 5, 6];
    const digests: string[] = [];
    for (const seed of seeds) {
      await run(order({ seed }));
      digests.push(await digest(out));
    }
    expect(digests[1]).toBe(digests[0]);
    expect(digests[2]).not.toBe(digests[0]);
  });

  it.each(['mean', 'deviation', 'laplacian'])(
    'works with the gradient normalised by %s',
    async (normalise) => {
      const events = await run(order({ normalise, tile: 64 }));
      expect(events.at(-1)?.kind).toBe('done');
    },
  );

  it('keeps a complete recipe in the picture, from which it can be repeated', async () => {
    await run(order({ layers: null, seed: 9 }));
    const { recipe } = await engine.readRecipe({ path: out });
    expect(recipe).toMatchObject({
      model: { name: 'tiny' },
      source: { name: 'photo.png', width: 60, height: 44 },
      settings: { seed: 9, size: 60, tile: 512, octaves: 2 },
    });
    if (recipe.method !== 'dream') throw new Error('not the recipe of a dream');
    expect(recipe.settings.layers).not.toBeNull();
    const first = await digest(out);
    await run(order({}, { settings: recipe.settings, repeats: recipe }));
    expect(await digest(out)).toBe(first);
  });

  it('resumed from the checkpoint of a cancelled run is the uninterrupted dream to the bit', async () => {
    const whole = order({ steps: 4 });
    await run(whole);
    const expected = await digest(out);
    const checkpoint = { path: join(folder, 'state'), everyMs: 0 };
    for (const stopAfter of [2, 5]) {
      out = join(folder, `resumed-${stopAfter}.png`);
      let last = { step: 0, octave: 1 };
      for await (const event of engine.dream({ ...whole, out, checkpoint })) {
        if (event.kind === 'step') last = { step: event.step, octave: event.stage?.octave ?? 0 };
        if (last.step === stopAfter) break;
      }
      await expect(readFile(out)).rejects.toThrow();
      const start = { octave: last.octave, step: last.step, picture: checkpoint.path };
      const events = await run({ ...whole, out, start });
      expect(events.filter(({ kind }) => kind === 'step')).toHaveLength(8 - stopAfter);
      expect(await digest(out)).toBe(expected);
    }
  });

  it('branches from a frame with other settings', async () => {
    const frames = join(folder, 'frames');
    await run({ ...order(), frames, frameScale: 'octave' });
    expect((await readdir(frames)).sort()).toEqual([1, 2, 3, 4, 5, 6].map((i) => `000${i}.png`));
    const start = { octave: 2, step: 4, picture: join(frames, '0004.png') };
    out = join(folder, 'branch.png');
    const events = await run({ ...order({ rate: 8 }), start });
    expect(events.filter(({ kind }) => kind === 'step')).toHaveLength(2);
  });

  it('writes the frames of a film at one size', async () => {
    const frames = join(folder, 'film');
    await run({ ...order(), frames });
    const { source } = await decodeImage(join(frames, '0001.png'));
    expect([source.width, source.height]).toEqual([60, 44]);
  });

  it('leaves alone what the mask covers', async () => {
    await run(order({ octaves: 1, mask: join(folder, 'half.png'), jitter: 0 }));
    const [before, after] = [scene(60, 44), (await decodeImage(out)).pixels];
    const change = (x: number): number => Math.abs((after.data[x] ?? 0) - (before.data[x] ?? 0));
    // The mask is black on the left half; its edge is not sharper than a pixel.
    for (let x = 0; x < 28; x++) expect(change(x)).toBeLessThan(0.003);
    expect(Math.max(...Array.from({ length: 28 }, (_, i) => change(i + 32)))).toBeGreaterThan(0.01);
  });

  it('with a guide grows its features: the similarity rises', async () => {
    const events = await run(order({ octaves: 1, steps: 5, guide: join(folder, 'half.png') }));
    const objectives = events.flatMap((event) => (event.kind === 'step' ? [event.objective ?? NaN] : []));
    expect(objectives.at(-1)).toBeGreaterThan(objectives[0] ?? Infinity);
  });

  it('keeps the colours of the photo on demand', async () => {
    await run(order({ keepColour: true }));
    const chroma = ({ data }: Pixels): number => {
      const plane = data.length / 3;
      let difference = 0;
      for (let i = 0; i < plane; i++) difference += (data[i] ?? 0) - (data[plane + i] ?? 0);
      return difference / plane;
    };
    expect(chroma((await decodeImage(out)).pixels)).toBeCloseTo(chroma(scene(60, 44)), 1);
  });

  it('works in tiles on any size, and leaves small octaves out', async () => {
    const events = await run(order({ tile: 64, size: 200, octaves: 12, octaveScale: 3, steps: 1 }));
    const steps = events.filter((event) => event.kind === 'step');
    expect(steps.at(-1)?.stage).toMatchObject({ width: 200, height: 147 });
    expect(steps.every(({ stage }) => (stage?.height ?? 0) >= 2)).toBe(true);
    expect(steps.length).toBeLessThan(12);
  });

  it('stops at the signal, leaving no output', async () => {
    const leave = new AbortController();
    const dreaming = (async () => {
      for await (const event of engine.dream(order(), leave.signal)) if (event.kind === 'step') leave.abort();
    })();
    expect((await refusal(dreaming)).code).toBe('job/cancelled');
    await expect(readFile(out)).rejects.toThrow();
  });
});

describe('a dream is refused', () => {
  const cases: [string, object, object, ErrorCode, RegExp][] = [
    ['an unknown layer', { layers: 'relu_2' }, {}, 'layer/unknown', /"relu_2".*"relu2"/],
    ['a channel the layer lacks', { channels: '6' }, {}, 'usage/option', /channels 0 to 5.*6/],
    ['a missing picture', {}, { image: 'nowhere.jpg' }, 'image/missing', /nowhere\.jpg/],
    ['a missing network', {}, { model: 'dreamnot' }, 'model/missing', /dreamnot/],
    ['an output it cannot write', {}, { out: '/nowhere/at/all.png' }, 'output/unwritable', /all\.png/],
    ['an output of an unknown format', {}, { out: 'a.xyz' }, 'usage/option', /\.xyz/],
    ['a device that is not there', {}, { device: 'cuda' }, 'device/unusable', /cuda/],
  ];
  it.each(cases)('%s', async (_, settings, rest, code, message) => {
    const error = await refusal(run(order(settings, rest)));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('a picture smaller than a window of the network', async () => {
    writeTinyModel(join(folder, 'deep.onnx'));
    const error = await refusal(run(order({}, { image: join(folder, 'dot.png') })));
    expect(error.code).toBe('image/size');
    expect(error.message).toMatch(/1×1/);
  });

  it('a file that is no network, by name', async () => {
    await writeFile(join(folder, 'noise.onnx'), 'these are no tensors');
    const error = await refusal(run(order({}, { model: join(folder, 'noise.onnx') })));
    expect(error.code).toBe('model/unreadable');
    expect(error.message).toMatch(/noise\.onnx/);
  });

  it('a recipe from a picture without one', async () => {
    const error = await refusal(engine.readRecipe({ path: join(folder, 'photo.png') }));
    expect(error.code).toBe('recipe/missing');
  });
});

describe('a network', () => {
  it('is described with its layers at a size', async () => {
    const info = await engine.inspectModel({ model: join(folder, 'tiny.onnx'), size: 64 });
    expect(info).toMatchObject({
      name: 'Tiny',
      format: 'onnx',
      parameters: 216 + 432 + 18,
      classes: 3,
      labelled: true,
    });
    expect(
      info.layers.map(({ name, op, channels, width, height }) => [name, op, channels, width, height]),
    ).toEqual([
      ['conv1', 'Conv', 8, 32, 32],
      ['relu1', 'Relu', 8, 32, 32],
      ['pool1', 'MaxPool', 8, 16, 16],
      ['conv2', 'Conv', 6, 16, 16],
      ['relu2', 'Relu', 6, 16, 16],
      ['average', 'GlobalAveragePool', 6, 1, 1],
      ['logits', 'Gemm', 3, 1, 1],
      ['prob', 'Softmax', 3, 1, 1],
    ]);
    expect(info.minSize).toBeGreaterThan(1);
  });

  it('classifies pictures with its labels; the probabilities add up', async () => {
    const { images } = await engine.classify({
      model: join(folder, 'tiny.onnx'),
      runtime: 'auto',
      device: 'auto',
      images: [join(folder, 'photo.png')],
      settings: { top: 3 },
      ...{ printed: false, straightened: null },
    });
    const classes = images[0]?.classes ?? [];
    expect(classes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
    expect(classes.map(({ label }) => label).sort()).toEqual(['a', 'b', 'c']);
  });

  it('without a card is dreamt with, and the guess is told', async () => {
    writeTinyModel(join(folder, 'bare.onnx'));
    await rm(join(folder, 'bare.json'));
    const events = await run(order({}, { model: join(folder, 'bare.onnx') }));
    expect(events[0]).toMatchObject({ kind: 'started' });
    expect(events[0]?.kind === 'started' ? events[0].notes.join() : '').toMatch(/preprocessing/);
  });

  it('with a contradictory card is refused', async () => {
    writeTinyModel(join(folder, 'wrong.onnx'), { input: { mean: 'grey' } });
    const error = await refusal(run(order({}, { model: join(folder, 'wrong.onnx') })));
    expect(error.code).toBe('model/unreadable');
    expect(error.message).toMatch(/wrong\.json/);
  });
});

describe('what a job is made from', () => {
  it.each(['photo.png', './photo.png', 'same.png'])(
    'is never its result, whatever it is called: %s',
    async (name) => {
      await link(join(folder, 'photo.png'), join(folder, 'same.png')).catch(() => undefined);
      const before = await digest(join(folder, 'photo.png'));
      const failed = await run(order({}, { out: `${folder}/${name}` })).catch(errorData);
      expect(failed).toMatchObject({ code: 'usage/option' });
      expect(await digest(join(folder, 'photo.png'))).toBe(before);
    },
  );

  it('counts masks, too', async () => {
    const request = order({ mask: join(folder, 'half.png') }, { out: join(folder, 'half.png') });
    expect(await run(request).catch(errorData)).toMatchObject({ code: 'usage/option' });
  });
});

describe('of several pictures', () => {
  const execution = { model: '', runtime: 'onnxruntime', device: 'cpu' };
  let photos: string[] = [];
  beforeAll(async () => {
    execution.model = join(folder, 'tiny.onnx');
    await writeFile(join(folder, 'broken.png'), (await readFile(join(folder, 'photo.png'))).subarray(0, 400));
    photos = ['broken.png', 'photo.png', 'half.png'].map((name) => join(folder, name));
  });
  const broken = { path: '', reason: '' };
  beforeEach(() => (broken.path = join(folder, 'broken.png')));

  it('one that cannot be read is told of and passed over, and the others are classified', async () => {
    const request = { settings: { top: 1 }, printed: false, straightened: null, ...execution } as const;
    const { images, failed } = await engine.classify({
      ...request,
      images: photos,
      runtime: 'auto',
      device: 'auto',
    });
    expect(images.map(({ path }) => path)).toEqual(photos.slice(1));
    expect(failed).toEqual([
      { path: broken.path, reason: expect.stringContaining('cannot be opened') as unknown },
    ]);
    const alone = engine.classify({ ...request, images: [broken.path], runtime: 'auto', device: 'auto' });
    await expect(alone).rejects.toMatchObject({ code: 'image/unreadable' });
  });

  it('one that cannot be read is told of and passed over, and the others are attacked', async () => {
    const settings = { method: 'fgsm' };
    const events = [];
    for await (const event of engine.attackSet(
      parseRequest('attackSet', { images: photos, settings, ...execution }),
    ))
      events.push(event);
    const done = events.at(-1);
    expect(done).toMatchObject({ kind: 'done', result: { failed: [{ path: broken.path }] } });
    expect(done?.kind === 'done' && done.result.rows.map(({ image }) => image)).toEqual(photos.slice(1));
  });
});
