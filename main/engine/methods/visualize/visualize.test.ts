import { parseRequest, type RequestOf } from '../../../../shared/methods/request.ts';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type VisualizeResult } from '../../../../shared/methods/visualize.ts';
import { errorData, type ErrorCode } from '../../../../shared/errors.ts';
import type { JobEvent, Started, Step } from '../../../../shared/jobs.ts';
import { parseRecipe } from '../../../../shared/recipes/recipe.ts';
import { decodeImage } from '../../imaging/codec.ts';
import { loadModel } from '../../models/load.ts';
import { PROGRAM_BUDGET, ProgramCache } from '../../runtime/cache.ts';
import { writeFixedModel } from '../../testing/fixed-model.ts';
import { cpu } from '../../testing/gradient-check.ts';
import { describeWithShared, sharedFile } from '../../testing/shared-folder.ts';
import { writeSleepyModel } from '../../testing/sleepy-model.ts';
import { writeTinyModel } from '../../testing/tiny-model.ts';
import { runVisualize } from './job.ts';

let folder = '';
let out = '';
let outputs = 0;
const programs = new ProgramCache(PROGRAM_BUDGET);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-visualize-'));
  writeTinyModel(join(folder, 'tiny.onnx'));
  await writeFixedModel(join(folder, 'fixed.onnx'));
  await writeSleepyModel(join(folder, 'sleepy.onnx'));
  await writeSleepyModel(join(folder, 'hard-swish.onnx'), 'HardSwish');
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => (out = join(folder, `out-${outputs++}.png`)));

/** The job on the network that the request names. */
async function* visualize(request: RequestOf<'visualize'>): AsyncGenerator<JobEvent<VisualizeResult>> {
  const model = await loadModel(request.model ?? '');
  yield* runVisualize({ model, runtime: cpu, programs }, request);
}

interface Run {
  readonly started: Started;
  readonly steps: readonly Step[];
  readonly result: VisualizeResult;
}

/** Runs a request as it would come through a port; the settings are laid over short defaults. */
async function run(
  target: string | readonly string[],
  settings: object = {},
  rest: object = {},
): Promise<Run> {
  const request = parseRequest('visualize', {
    model: join(folder, 'tiny.onnx'),
    out,
    settings: { target: typeof target === 'string' ? [target] : target, size: 24, steps: 6, ...settings },
    ...rest,
  });
  const events: JobEvent<VisualizeResult>[] = [];
  for await (const event of visualize(request)) events.push(event);
  const started = events.find((event) => event.kind === 'started');
  const done = events.at(-1);
  if (started?.kind !== 'started' || done?.kind !== 'done') throw new Error('The job is incomplete.');
  return { started, steps: events.filter((event) => event.kind === 'step'), result: done.result };
}

const refusal = async (work: Promise<unknown>): Promise<{ code: ErrorCode; message: string }> =>
  work.then(
    () => Promise.reject(new Error('was not refused')),
    (error: unknown) => errorData(error),
  );

const digest = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

const sleepy = (): object => ({ model: join(folder, 'sleepy.onnx') });

describe('what is made large', () => {
  it.each([
    ['layer:relu2', {}],
    ['channel:relu2/1', {}],
    ['channel:relu2/1', { param: 'pixels' }],
    ['channel:relu2/1', { transforms: false }],
    ['channel:relu2/1', { magnify: 1.5 }],
    ['channel:relu2/1', { smoothedPooling: true }],
    ['channel:relu2/1', { negative: true }],
    ['neuron:relu2/1', {}],
    ['neuron:relu2/1@0,2', {}],
    ['class:a', {}],
    ['class:1', {}],
    ['channel:relu2/1*2 channel:relu2/3*-0.5', {}],
    ['layer:relu1*0.5 class:b', {}],
  ])('%s rises with %j', async (target, settings) => {
    const { steps, result } = await run(target, { steps: 24, ...settings });
    const first = steps.slice(0, 4).reduce((sum, { objective }) => sum + (objective ?? NaN) / 4, 0);
    const last = steps.slice(-4).reduce((sum, { objective }) => sum + (objective ?? NaN) / 4, 0);
    expect(last).toBeGreaterThan(first);
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
    expect(result.images).toHaveLength(1);
  });

  it('a direction from a file, which the recipe names without its folder', async () => {
    const file = join(folder, 'away.npy');
    const head = `{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }`.padEnd(117) + '\n';
    await writeFile(
      file,
      Buffer.concat([
        Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
        Buffer.from(Uint16Array.of(118).buffer),
        Buffer.from(head),
        Buffer.from(Float32Array.of(1, -1, 0, 2, 0, 0.5).buffer),
      ]),
    );
    const { steps, result } = await run(`direction:relu2/${file}`, { steps: 20 });
    expect(steps.at(-1)?.objective).toBeGreaterThan(steps[0]?.objective ?? Infinity);
    expect(result.recipe.settings.target).toEqual(['direction:relu2/away.npy']);
    expect(result.recipe.files?.['target']?.name).toBe('away.npy');
  });

  it.each([20, 64])('an image of %i pixels, seen by a network that takes one size alone', async (size) => {
    const rest = { model: join(folder, 'fixed.onnx') };
    const { started, steps } = await run('class:2', { size, steps: 20 }, rest);
    expect(started.width).toBe(size);
    expect(steps.at(-1)?.objective).toBeGreaterThan(steps[0]?.objective ?? Infinity);
  });

  it('MACO arranges phases from seeded noise', async () => {
    const { steps, result } = await run('channel:relu2/1', {
      param: 'maco',
      size: 48,
      steps: 20,
      crops: 2,
      magnify: 0.5,
    });
    const half = (from: number): number =>
      steps.slice(from, from + 10).reduce((sum, { objective }) => sum + (objective ?? NaN), 0);
    expect(half(10)).toBeGreaterThan(half(0));
    expect(result.recipe.settings.rate).toBe(1);
  });
});

describe('the result', () => {
  it('is the same for the same seed, down to the byte, and another for another', async () => {
    const once = await run(['channel:relu2/1', 'class:a'], { seed: 3 });
    const first = await digest(once.result.output);
    out = join(folder, 'again.png');
    await run(['channel:relu2/1', 'class:a'], { seed: 3 });
    expect(await digest(out)).toBe(first);
    await run(['channel:relu2/1', 'class:a'], { seed: 4 });
    expect(await digest(out)).not.toBe(first);
  });

  it('does not depend on what else is in the batch', async () => {
    const { result } = await run(['class:b', 'channel:relu2/1'], {}, { separate: true });
    const [, second] = result.images;
    const together = await decodeImage(second?.output ?? '');
    const alone = await run('channel:relu2/1');
    const single = await decodeImage(alone.result.output);
    const difference = single.pixels.data.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (together.pixels.data[i] ?? NaN))),
      0,
    );
    expect(difference).toBeLessThanOrEqual(1.5 / 255);
    expect(together.recipe).toEqual(single.recipe);
  });

  it('is a sheet of all images, with a recipe that says everything', async () => {
    const { started, result } = await run(
      ['channel:relu2/0', 'channel:relu2/1', 'class:a', 'class:b', 'class:c'],
      { size: 20, steps: 2 },
    );
    expect([started.width, started.height]).toEqual([68, 44]);
    const { pixels, recipe } = await decodeImage(result.output);
    expect([pixels.width, pixels.height]).toEqual([68, 44]);
    // White between the images, and where the last row ends early.
    expect(pixels.data[21]).toBe(1);
    expect(pixels.data[68 * 44 - 1]).toBe(1);
    expect(parseRecipe(recipe)).toEqual(result.recipe);
    expect(result.recipe).toMatchObject({
      method: 'visualize',
      source: null,
      settings: { size: 20, rate: 0.05 },
    });
    expect(result.images.map(({ target }) => target)).toEqual([
      'channel:relu2/0',
      'channel:relu2/1',
      'class:0',
      'class:1',
      'class:2',
    ]);
  });

  it('has a film of the steps that were asked for, from the noise to the end', async () => {
    const film = join(folder, 'film');
    const { result } = await run('class:a', { steps: 5 }, { film, filmSteps: [0, 2] });
    expect((await readdir(film)).sort()).toEqual(['0000.png', '0002.png', '0005.png']);
    const last = await decodeImage(join(film, '0005.png'));
    expect(last.pixels.data).toEqual((await decodeImage(result.output)).pixels.data);
    const { pixels: noise } = await decodeImage(join(film, '0000.png'));
    expect(Math.max(...noise.data) - Math.min(...noise.data)).toBeGreaterThan(0);
    const all = join(folder, 'all');
    await run('class:a', { steps: 3 }, { film: all, filmSteps: [0, 1, 2, 3] });
    expect((await readdir(all)).sort()).toEqual(['0000.png', '0001.png', '0002.png', '0003.png']);
  });

  it('shows previews to whoever looks on', async () => {
    const { steps } = await run('class:a', { steps: 2 }, { preview: { maxSide: 12, everyMs: 0 } });
    expect(steps.map(({ frame }) => [frame?.width, frame?.height])).toEqual([
      [12, 12],
      [12, 12],
    ]);
  });

  it('is not written when the job is left early', async () => {
    const request = parseRequest('visualize', {
      model: join(folder, 'tiny.onnx'),
      out,
      settings: { target: ['class:a'], size: 24, steps: 50 },
    });
    for await (const event of visualize(request)) if (event.kind === 'step') break;
    await expect(readFile(out)).rejects.toThrow();
  });
});

describe('several images of one target', () => {
  it('differ from each other the more, the more that counts', async () => {
    const likeness = async (diversityWeight: number): Promise<number> => {
      const { result } = await run(
        'channel:relu2/1',
        { diversity: 3, diversityWeight, steps: 40 },
        { separate: true },
      );
      const images = await Promise.all(result.images.map(({ output }) => decodeImage(output ?? '')));
      const centred = images.map(({ pixels: { data } }) => {
        const mean = data.reduce((sum, value) => sum + value / data.length, 0);
        return data.map((value) => value - mean);
      });
      const cosine = (a: Float32Array, b: Float32Array): number =>
        a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0) / (Math.hypot(...a) * Math.hypot(...b));
      const [a, b, c] = centred;
      if (a === undefined || b === undefined || c === undefined) throw new Error('An image is missing.');
      return (Math.abs(cosine(a, b)) + Math.abs(cosine(b, c)) + Math.abs(cosine(a, c))) / 3;
    };
    expect(await likeness(5)).toBeLessThan(await likeness(0));
  });

  it('go from one target to another in a row', async () => {
    const { started, result } = await run(['channel:relu2/1', 'class:a'], { interpolate: 3, size: 20 });
    expect([started.width, started.height]).toEqual([68, 20]);
    expect(result.images.map(({ target }) => target)).toEqual([
      'channel:relu2/1',
      'channel:relu2/1*0.5 class:0*0.5',
      'class:0',
    ]);
  });
});

describe('a unit that is silent on noise', () => {
  it('is woken by redirecting its gradient, and that is said', async () => {
    const { started, result } = await run('channel:relu/1', { steps: 30 }, sleepy());
    expect(started.notes.join(' ')).toContain('On noise no gradient comes from "channel:relu/1"');
    expect(result.images[0]?.objective.first).toBe(0);
    expect(result.images[0]?.objective.last).toBeGreaterThan(0);
  });

  it('is maximised before its ReLU where it cannot be woken, and that is said', async () => {
    const { steps, result } = await run('channel:relu/2', { steps: 40 }, sleepy());
    expect(steps.find(({ note }) => note !== undefined)).toMatchObject({
      step: 17,
      note: expect.stringContaining('before it is maximised') as string,
    });
    expect(result.notes.join(' ')).toContain('"channel:relu/2" behind the ReLU');
    const { pixels } = await decodeImage(result.output);
    const red = pixels.data.subarray(0, 24 * 24);
    expect(red.reduce((sum, value) => sum + value, 0) / red.length).toBeGreaterThan(0.58);
  });

  it('is maximised there at once without the redirection', async () => {
    const { started } = await run('channel:relu/2', { redirectedRelu: false }, sleepy());
    expect(started.notes.join(' ')).toContain('before it is maximised');
  });

  it('is maximised before another activation that passes no gradient, too', async () => {
    const { started, result } = await run('channel:relu/2', {}, { model: join(folder, 'hard-swish.onnx') });
    expect(started.notes.join(' ')).toContain('before it is maximised');
    expect(result.images[0]?.objective.last).toBeGreaterThan(result.images[0]?.objective.first ?? 0);
  });

  it('is refused where nothing in a picture can excite it', async () => {
    expect(await refusal(run('channel:relu/3', {}, sleepy()))).toMatchObject({
      code: 'layer/unusable',
      message: expect.stringContaining('"channel:relu/3"') as string,
    });
  });

  it('does not disturb the others in its batch', async () => {
    const { started, result } = await run(
      ['channel:relu/0', 'channel:relu/1'],
      { steps: 3 },
      {
        ...sleepy(),
        separate: true,
      },
    );
    expect(started.notes.join(' ')).not.toContain('channel:relu/0');
    const together = await decodeImage(result.images[0]?.output ?? '');
    const alone = await run('channel:relu/0', { steps: 3 }, sleepy());
    expect((await decodeImage(alone.result.output)).pixels.data).toEqual(together.pixels.data);
  });
});

describe('what is refused', () => {
  it.each<[string | string[], object, ErrorCode, string]>([
    ['channel:relu9/1', {}, 'layer/unknown', 'relu9'],
    ['channel:relu2/6', {}, 'usage/option', 'channels 0 to 5'],
    ['neuron:relu2/0@40,2', {}, 'usage/option', 'beyond the grid'],
    ['class:zebra', {}, 'class/unknown', 'zebra'],
    ['class:3', {}, 'class/unknown', 'classes 0 to 2'],
    ['relu2', {}, 'usage/option', 'channel:<layer>/<n>'],
    [[], {}, 'usage/option', '--target'],
    ['class:a', { interpolate: 4 }, 'usage/option', 'exactly two'],
    ['class:a', { size: 8 }, 'usage/option', '--size'],
    ['class:a', { param: 'wavelets' }, 'usage/option', 'fourier, pixels or maco'],
  ])('%j with %j', async (target, settings, code, part) => {
    const error = await refusal(run(target, settings));
    expect(error.code).toBe(code);
    expect(error.message).toContain(part);
  });

  it('an output that cannot be written', async () => {
    expect(await refusal(run('class:a', {}, { out: join(folder, 'none', 'x.png') }))).toMatchObject({
      code: 'output/unwritable',
    });
  });
});

describeWithShared('on GoogLeNet', () => {
  it('a few steps excite channels many times as much as noise does', async () => {
    const rest = { model: sharedFile('models', 'googlenet.onnx') };
    const unit = (channel: number): string => `channel:inception_4a/output/${channel}`;
    const { steps, result } = await run([unit(11), unit(97)], { size: 64, steps: 12 }, rest);
    expect(steps.at(-1)?.objective).toBeGreaterThan(4 * (steps[0]?.objective ?? Infinity));
    for (const { objective } of result.images) expect(objective.last).toBeGreaterThan(objective.first);
  }, 60_000);
});
