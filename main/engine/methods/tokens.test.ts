/** Networks that compute the same with maps, with tokens and with channels last: every method gives the same for all of them. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRequest } from '../../../shared/methods/request.ts';
import type { JobEvent } from '../../../shared/jobs.ts';
import { random } from '../ascent/random.ts';
import { readNpy } from '../attribution/npy.ts';
import { decodeImage, saveImage } from '../imaging/codec.ts';
import { createPixels } from '../imaging/pixels.ts';
import { loadModel } from '../models/load.ts';
import { ProgramCache } from '../runtime/cache.ts';
import { onnxRuntime } from '../runtime/onnxruntime.ts';
import { runDream } from './dream/job.ts';
import { runExamples } from './examples/job.ts';
import { runExplain } from './explain/job.ts';
import { describeModel } from './inspect/inspect.ts';
import { runVisualize } from './visualize/job.ts';
import type { MethodContext } from './common/context.ts';

const FIXTURES = join(import.meta.dirname, '..', 'models', 'fixtures', 'tokens');
const folder = await mkdtemp(join(tmpdir(), 'reverie-tokens-'));
afterAll(() => rm(folder, { recursive: true }));

const contextOf = async (network: string): Promise<MethodContext> => ({
  model: await loadModel(join(FIXTURES, `${network}.onnx`)),
  runtime: onnxRuntime({ threads: 1 }),
  programs: new ProgramCache(0),
});

const photo = join(folder, 'photo.png');
const spot = join(folder, 'spot.png');
beforeAll(async () => {
  const noise = createPixels(32, 32);
  const next = random(3);
  noise.data.forEach((_, i) => (noise.data[i] = next()));
  await saveImage(noise, photo);
  // A red square at the lower right, on nearly black.
  const scene = createPixels(32, 32, 20 / 255);
  for (let y = 24; y < 32; y++) scene.data.fill(1, y * 32 + 24, y * 32 + 32);
  await saveImage(scene, spot);
});

async function resultOf<Result>(events: AsyncIterable<JobEvent<Result>>): Promise<Result> {
  for await (const event of events) if (event.kind === 'done') return event.result;
  throw new Error('no result');
}

async function gradCam(network: string, settings: object = {}): Promise<number[]> {
  const raw = join(folder, `${network}.npy`);
  const settled = { method: ['grad-cam'], target: 'class:0', ...settings };
  const request = parseRequest('explain', { image: spot, settings: settled, out: null, raw });
  await resultOf(runExplain(await contextOf(network), request));
  return [...readNpy(await readFile(raw)).data];
}

async function visualized(network: string, target: string, settings: object = {}): Promise<number[]> {
  const out = join(folder, `${network}.png`);
  const settled = { target: [target], size: 32, steps: 3, ...settings };
  const request = parseRequest('visualize', { model: network, out, settings: settled });
  await resultOf(runVisualize(await contextOf(network), request));
  return [...(await decodeImage(out)).pixels.data];
}

async function dreamt(network: string, layer: string, settings: object = {}): Promise<number[]> {
  const out = join(folder, `${network}-dream.png`);
  const settled = { layers: `${layer}:1`, steps: 3, octaves: 1, ...settings };
  const request = parseRequest('dream', { model: network, image: photo, out, settings: settled });
  await resultOf(runDream(await contextOf(network), request));
  return [...(await decodeImage(out)).pixels.data];
}

/** One grey level: the same sums in another order may round to the other side. */
const LEVEL = 1 / 255 + 1e-6;

function expectAlike(found: readonly number[], wanted: readonly number[], tolerance = LEVEL): void {
  expect(found).toHaveLength(wanted.length);
  const worst = found.reduce((most, value, i) => Math.max(most, Math.abs(value - (wanted[i] ?? NaN))), 0);
  expect(worst).toBeLessThanOrEqual(tolerance);
}

/** A network of maps, its layer, and its twins in another form with theirs. */
const TWINS = [
  ['tokens', 'tok', 'ref_cnn', 'r'],
  ['inner_nhwc', 'act', 'ref_cnn', 'r'],
  ['tokens24', 'tok', 'cnn24', 'r'],
] as const;

describe.each(TWINS)('%s is %s of %s', (network, layer, twin, like) => {
  it('has the same channels on the same grid, which see the same', async () => {
    const [own, other] = await Promise.all(
      [network, twin].map(async (name) => (await contextOf(name)).model),
    );
    const about = (model: typeof own, name: string): object | undefined => {
      const { layers = [] } = model === undefined ? {} : describeModel(model, null);
      const found = layers.find((each) => each.name === name);
      if (found === undefined) return undefined;
      const { channels, width, height, receptiveField, stride } = found;
      return { channels, width, height, receptiveField, stride };
    };
    expect(about(own, layer)).toBeDefined();
    expect(about(own, layer)).toEqual(about(other, like));
  });

  it('has the same Grad-CAM', async () => {
    const map = await gradCam(network);
    expect(Math.max(...map)).toBeGreaterThan(0);
    expectAlike(map, await gradCam(twin), 1e-5);
  });

  it.each([
    ['channel', '/5', ''],
    ['neuron', '/5', '@3,1'],
    ['neuron', '/5', ''],
  ])('has the same image of a %s %s%s', async (kind, unit, at) => {
    const [own, other] = [`${kind}:${layer}${unit}${at}`, `${kind}:${like}${unit}${at}`];
    expectAlike(await visualized(network, own), await visualized(twin, other));
  });

  it('has the same images of several that are to differ', async () => {
    const settings = { diversity: 2 };
    expectAlike(
      await visualized(network, `channel:${layer}/2`, settings),
      await visualized(twin, `channel:${like}/2`, settings),
    );
  });

  it('dreams the same of chosen channels, with a guide, too', async () => {
    const chosen = { channels: '1,6' };
    expectAlike(await dreamt(network, layer, chosen), await dreamt(twin, like, chosen));
    const guided = { guide: spot };
    expectAlike(await dreamt(network, layer, guided), await dreamt(twin, like, guided));
  });

  it('finds the same examples, with the same crops', async () => {
    const search = async (name: string, target: string): Promise<object[]> => {
      const settings = { target: [target], top: 2 };
      const request = parseRequest('examples', { photos: [folder], settings, out: null });
      const cache = join(folder, `cache-${name}`);
      const { units } = await resultOf(runExamples(await contextOf(name), request, cache));
      return units.flatMap(({ examples }) =>
        examples.map(({ path, value, position, crop }) => ({
          path,
          value: value.toFixed(4),
          position,
          crop,
        })),
      );
    };
    const found = await search(network, `channel:${layer}/3`);
    expect(found).not.toHaveLength(0);
    expect(found).toEqual(await search(twin, `channel:${like}/3`));
  });
});

it('counts more features than there are tokens', async () => {
  expectAlike(await visualized('tokens24', 'channel:tok/20'), await visualized('cnn24', 'channel:r/20'));
  expectAlike(
    await dreamt('tokens24', 'tok', { channels: '20' }),
    await dreamt('cnn24', 'r', { channels: '20' }),
  );
});

describe('a transformer', () => {
  it('leaves its class token out of Grad-CAM, which looks where patches still count', async () => {
    const { model } = await contextOf('mini_vit');
    const raw = join(folder, 'vit.npy');
    const settings = { method: ['grad-cam'], target: 'class:0' };
    const request = parseRequest('explain', { image: spot, settings, out: null, raw });
    const { methods } = await resultOf(runExplain(await contextOf('mini_vit'), request));
    // Queries, keys and values read the tokens with their positions; behind them only the class token counts.
    expect(methods).toMatchObject([{ layer: 't3' }]);
    expect(readNpy(await readFile(raw)).data).toHaveLength(32 * 32);
    expect(model.layers().find(({ name }) => name === 't3')).toMatchObject({
      ...{ channels: 8, width: 4, height: 4, before: 1, grid: true },
      axes: ['1', '1 + 4×4 tokens', '8 features'],
    });
  });

  it.each([
    ['vit-class', 'blocks/blocks.1/norm1/LayerNormalization'],
    ['vit-registers', 'blocks/blocks.1/norm1/LayerNormalization'],
    ['vit-distilled', 'layer_norm_2'],
    ['vit-mean', 'norm/LayerNormalization'],
  ])('%s is explained where its patches last count', async (network, layer) => {
    const request = parseRequest('explain', {
      ...{ image: spot, settings: { method: ['grad-cam'], target: 'class:3' }, out: null, raw: null },
    });
    const { methods } = await resultOf(runExplain(await contextOf(network), request));
    expect(methods).toMatchObject([{ layer }]);
  });

  it('is explained there too where its class token is the target', async () => {
    const settings = { method: ['grad-cam'], target: 'neuron:norm/LayerNormalization/3@class' };
    const request = parseRequest('explain', { image: spot, settings, out: null, raw: null });
    const { methods } = await resultOf(runExplain(await contextOf('vit-class'), request));
    expect(methods).toMatchObject([{ layer: 'blocks/blocks.1/norm1/LayerNormalization' }]);
  });

  it('does not take the weights of its attention for channels', async () => {
    await expect(visualized('mini_vit', 'channel:at/3')).rejects.toMatchObject({
      code: 'layer/unusable',
      message: expect.stringContaining('has no channels') as unknown,
    });
    await expect(gradCam('mini_vit', { layer: 'at' })).rejects.toMatchObject({ code: 'layer/unusable' });
    await expect(gradCam('mini_vit', { layer: 'ln' })).rejects.toMatchObject({
      message: expect.stringContaining('class token alone') as unknown,
    });
  });

  it('has units in its class token, which maps have not', async () => {
    const [token, patch] = [
      await visualized('mini_vit', 'neuron:ln/3@class'),
      await visualized('mini_vit', 'neuron:ln/3@0,0'),
    ];
    expect(token).not.toEqual(patch);
    await expect(visualized('cnn24', 'neuron:r/3@class')).rejects.toMatchObject({
      code: 'usage/option',
      message: expect.stringContaining('no class token') as unknown,
    });
  });

  it('dreams on pictures of any size, with its positions resampled', async () => {
    const photo = join(folder, 'wide.png');
    const noise = createPixels(60, 40);
    const next = random(5);
    noise.data.forEach((_, i) => (noise.data[i] = next()));
    await saveImage(noise, photo);
    const out = join(folder, 'wide-dream.png');
    const settings = { layers: 'blk:1', steps: 2, octaves: 2 };
    const request = parseRequest('dream', { model: 'mini_vit', image: photo, out, settings });
    const { objective } = await resultOf(runDream(await contextOf('mini_vit'), request));
    expect(objective.last).toBeGreaterThan(objective.first);
    expect((await decodeImage(out)).pixels).toMatchObject({ width: 60, height: 40 });
  });
});
