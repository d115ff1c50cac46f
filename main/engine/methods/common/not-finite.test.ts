/** A network that ceases to give numbers: every method stops, says where and when, and writes nothing. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { JobEvent } from '../../../../shared/jobs.ts';
import { parseRequest } from '../../../../shared/methods/request.ts';
import { decodeImage, saveImage } from '../../imaging/codec.ts';
import { createPixels } from '../../imaging/pixels.ts';
import { loadModel } from '../../models/load.ts';
import { float32 } from '../../graph/tensor.ts';
import { IMAGE, Model } from '../../models/model.ts';
import { ProgramCache } from '../../runtime/cache.ts';
import { NotFiniteError } from '../../runtime/finite.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { cpu } from '../../testing/gradient-check.ts';
import { node, tinyGraphWith, writeTinyModel } from '../../testing/tiny-model.ts';
import { runAttack } from '../attack/job.ts';
import { runDream } from '../dream/job.ts';
import { runExplain } from '../explain/job.ts';
import { runVisualize } from '../visualize/job.ts';
import { classify } from './classify.ts';
import { explained } from './not-finite.ts';
import type { MethodContext } from './context.ts';

const folder = await mkdtemp(join(tmpdir(), 'reverie-not-finite-'));
afterAll(() => rm(folder, { recursive: true }));
writeTinyModel(join(folder, 'tiny.onnx'));
const { card } = await loadModel(join(folder, 'tiny.onnx'));
/** The root of what is sometimes negative: the layer `relu1` is no number in places. */
const graph = tinyGraphWith((x, y) => (y === 'relu1' ? [node('Sqrt', [x], y)] : [node('Relu', [x], y)]));
const context = (): MethodContext => ({
  model: new Model('odd', 'odd', graph, card),
  runtime: cpu,
  programs: new ProgramCache(0),
});
const photo = createPixels(48, 40);
photo.data.forEach((_, i) => (photo.data[i] = 0.5 + 0.45 * Math.sin(i * 0.17)));
const image = join(folder, 'photo.png');
await saveImage(photo, image);
const execution = { model: null, runtime: 'onnxruntime', device: 'cpu' };
const out = join(folder, 'out.png');

async function failure(steps: AsyncGenerator<JobEvent<unknown>>): Promise<unknown> {
  try {
    for await (const step of steps) void step;
  } catch (error) {
    return error;
  }
  return null;
}

/** Explanations and attacks look at the photo before their first step. */
it.each<[string, number, (context: MethodContext) => AsyncGenerator<JobEvent<unknown>>]>([
  [
    'a dream',
    1,
    (bench) =>
      runDream(
        bench,
        parseRequest('dream', { image, settings: { layers: 'relu2', size: 48 }, out, ...execution }),
      ),
  ],
  [
    'a visualisation',
    1,
    (bench) =>
      runVisualize(
        bench,
        parseRequest('visualize', {
          settings: { target: 'channel:relu2/1', size: 48, steps: 3 },
          out,
          ...execution,
        }),
      ),
  ],
  [
    'an explanation',
    0,
    (bench) =>
      runExplain(
        bench,
        parseRequest('explain', {
          image,
          settings: { method: 'gradient', target: 'channel:relu2/1' },
          ...execution,
        }),
      ),
  ],
  [
    'an attack',
    0,
    (bench) =>
      runAttack(
        () => Promise.resolve(bench),
        parseRequest('attack', { image, settings: {}, out, ...execution }),
      ),
  ],
])('%s stops with the step and the layer', async (_, step, start) => {
  expect(await failure(start(context()))).toMatchObject({
    code: 'model/not-finite',
    details: { step, layer: 'relu1' },
  });
  expect((await readdir(folder)).sort()).toEqual(['photo.png', 'tiny.json', 'tiny.onnx']);
});

it('no class is claimed', async () => {
  const { pixels } = await decodeImage(image);
  await expect(classify(context(), pixels, 3)).rejects.toMatchObject({
    code: 'model/not-finite',
    // Nothing was begun, so nothing is said to have been kept.
    message: expect.stringMatching(/from layer "relu1" on: [^.]*\.$/) as unknown,
  });
});

it('a search for the layer that fails hides nothing', async () => {
  const bench = context();
  const error = new NotFiniteError('y', { [IMAGE]: float32(new Float32Array(12), [1, 3, 2, 2]) });
  const runtime: Runtime = { ...bench.runtime, compile: () => Promise.reject(new Error('out of memory')) };
  expect(await explained(error, { ...bench, runtime }, 3)).toMatchObject({
    code: 'model/not-finite',
    details: { step: 3, layer: null },
    message:
      'The network gives no numbers (NaN or infinite) at step 3: choose another layer or target, or another picture. Nothing of this step was kept.',
    cause: error,
  });
});
