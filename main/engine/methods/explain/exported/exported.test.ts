/** Exported explanations, run by ONNX Runtime as any other program would, against the maps that Reverie finds itself. */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRequest } from '../../../../../shared/methods/request.ts';
import type { ExplainResult } from '../../../../../shared/methods/explain.ts';
import { resultOf } from '../../../../../shared/jobs.ts';
import { attributions } from '../../../../../shared/recipes/attributions.ts';
import { isRecord } from '../../../../../shared/schema.ts';
import { normal, random } from '../../../ascent/random.ts';
import { readNpy } from '../../../attribution/npy.ts';
import { saveImage, decodeImage } from '../../../imaging/codec.ts';
import { createPixels } from '../../../imaging/pixels.ts';
import { loadModel } from '../../../models/load.ts';
import { Model } from '../../../models/model.ts';
import { ProgramCache } from '../../../runtime/cache.ts';
import { onnxRuntime } from '../../../runtime/onnxruntime.ts';
import { refusalOf } from '../../../testing/refusal.ts';
import { describeWithShared, sharedFile } from '../../../testing/shared-folder.ts';
import { tinyGraph, writeTinyModel } from '../../../testing/tiny-model.ts';
import type { MethodContext } from '../../common/context.ts';
import { viewOf } from '../../common/view.ts';
import { runExplain } from '../job.ts';
import { exportedMaps } from './maps.ts';

const folder = await mkdtemp(join(tmpdir(), 'reverie-explainers-'));
afterAll(() => rm(folder, { recursive: true }));
const photo = join(folder, 'photo.png');
const TOKENS = join(import.meta.dirname, '../../../models/fixtures/tokens');

/** Standard operators have no domain. */
const STANDARD = /^[A-Z]\w*$/;

beforeAll(async () => {
  const scene = createPixels(56, 52);
  scene.data.forEach((_, i) => (scene.data[i] = 0.5 + 0.4 * Math.sin(i * 0.17) * Math.cos(i * 0.013)));
  await saveImage(scene, photo);
  writeTinyModel(join(folder, 'tiny.onnx'));
});

const contextOf = (model: Model): MethodContext => ({
  model,
  runtime: onnxRuntime({ threads: 1 }),
  programs: new ProgramCache(0),
});
const open = async (path: string): Promise<MethodContext> => contextOf(await loadModel(path));
const tiny = (): Promise<MethodContext> => open(join(folder, 'tiny.onnx'));

let serial = 0;

/** What Reverie says, and the file that it exports with it. */
async function explain(context: MethodContext, settings: object, image = photo) {
  const stem = join(folder, `explainer-${serial++}`);
  const request = parseRequest('explain', {
    image,
    settings,
    out: null,
    raw: `${stem}.npy`,
    export: `${stem}.onnx`,
  });
  const result = await resultOf(runExplain(context, request));
  return { result, own: readNpy(await readFile(`${stem}.npy`)), file: `${stem}.onnx` };
}

/** The outputs of an explainer. */
async function run(file: string, inputs: Readonly<Record<string, Tensor>>) {
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  try {
    const outputs = await session.run(inputs);
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { data, dims }]) => {
        if (!(data instanceof Float32Array)) throw new Error(`${name} is not of float32.`);
        return [name, { data, dims }];
      }),
    );
  } finally {
    await session.release();
  }
}

const classTensor = (index: number): Tensor => new Tensor('int64', BigInt64Array.of(BigInt(index)), [1]);

/** What the network sees of a picture, as an explainer takes it. */
async function pictureTensor(side: number, image = photo): Promise<Tensor> {
  const { pixels } = await decodeImage(image);
  const { data } = viewOf(pixels, { width: side, height: side }).apply(pixels);
  return new Tensor('float32', data, [1, 3, side, side]);
}

/** The noise that SmoothGrad uses by a seed. */
function noise(samples: number, side: number, seed = 0): Tensor {
  const size = 3 * side * side;
  const values = Array.from({ length: samples }, (_, k) => {
    const next = random(seed, k);
    return Float32Array.from({ length: size }, () => normal(next));
  });
  return new Tensor('float32', Float32Array.from(values.flatMap((v) => Array.from(v))), [
    samples,
    3,
    side,
    side,
  ]);
}

/** The largest difference, as a part of the largest value. */
function difference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0) / largest;
}

const classOf = ({ target }: ExplainResult): number => Number(target.text.replace('class:', ''));

const methods = Object.entries(exportedMaps).flatMap(([name, form]) =>
  typeof form === 'string' ? [] : [name],
);
const onTokens = methods.filter((name) => name.startsWith('attention'));
const onMaps = methods.filter((name) => !onTokens.includes(name));

describe.each(onMaps)('%s', (method) => {
  it.each([32, 48])(
    'gives the numbers of Reverie at %d pixels, for its own class and for another',
    async (size) => {
      const context = await tiny();
      const settings = { method, size, samples: 6, nodes: 9 };
      const { result, own, file } = await explain(context, settings);
      const picture = await pictureTensor(size);
      const extra = method === 'smoothgrad' ? { noise: noise(6, size) } : {};
      const first = await run(file, { picture, class: classTensor(classOf(result)), ...extra });
      expect(first['map']?.dims).toEqual([1, own.dims.length === 3 ? 3 : 1, size, size]);
      expect(difference(first['map']?.data ?? new Float32Array(), own.data)).toBeLessThan(1e-5);
      expect(first['logits']?.dims).toEqual([1, 3]);

      const other = (classOf(result) + 1) % 3;
      const { own: wanted } = await explain(context, { ...settings, target: `class:${other}` });
      const second = await run(file, { picture, class: classTensor(other), ...extra });
      if (wanted.data.some((value) => value !== 0))
        expect(difference(second['map']?.data ?? new Float32Array(), wanted.data)).toBeLessThan(1e-5);
      else expect(second['map']?.data.every((value) => value === 0)).toBe(true);
    },
  );
});

describe('an explainer', () => {
  it.each(['grey', 'white', 'mean'])('of integrated gradients begins at a %s baseline', async (baseline) => {
    const { result, own, file } = await explain(await tiny(), {
      method: 'integrated-gradients',
      baseline,
      nodes: 9,
    });
    const { map } = await run(file, {
      picture: await pictureTensor(32),
      class: classTensor(classOf(result)),
    });
    // Near a baseline of one colour the maxima of a pooling lie so close that the last bit of a point decides.
    expect(difference(map?.data ?? new Float32Array(), own.data)).toBeLessThan(0.01);
  });

  it('has a card beside it that tells what it is and how it is fed', async () => {
    const { file, result } = await explain(await tiny(), { method: 'grad-cam', layer: 'relu1' });
    expect(result.methods[0]?.exported).toBe(file);
    const card: unknown = JSON.parse(await readFile(file.replace('.onnx', '.json'), 'utf8'));
    expect(card).toMatchObject({
      explains: { name: 'tiny', classes: 3 },
      method: 'grad-cam',
      definition: attributions['grad-cam'].definition,
      layer: 'relu1',
      inputs: [
        { name: 'picture', type: 'float32', shape: [1, 3, 32, 32] },
        { name: 'class', type: 'int64', shape: [1] },
      ],
      outputs: [
        { name: 'logits', shape: [1, 3] },
        { name: 'map', shape: [1, 1, 32, 32] },
      ],
      opset: 20,
    });
    const operators: unknown = isRecord(card) ? card['operators'] : undefined;
    expect(operators).toEqual(expect.arrayContaining(['Conv', 'ConvTranspose', 'Resize']));
    expect(operators).toSatisfy((all: string[]) => all.every((op) => STANDARD.test(op)));
  });

  it('gives the step of FGSM with the gradient of a log-probability', async () => {
    const { result, own, file } = await explain(await tiny(), {
      method: 'gradient',
      score: 'log-probability',
    });
    const { fgsm } = await run(file, {
      picture: await pictureTensor(32),
      class: classTensor(classOf(result)),
    });
    expect(Array.from(fgsm?.data ?? [])).toEqual(Array.from(own.data, (value) => -Math.sign(value) + 0));
  });

  it('keeps apart what the network calls by the same names', async () => {
    const { model } = await tiny();
    const names: Readonly<Record<string, string>> = { conv1: 'map', relu1: 'class', data: 'picture' };
    const of = (name: string): string => names[name] ?? name;
    const graph = {
      ...tinyGraph,
      inputs: tinyGraph.inputs.map((input) => ({ ...input, name: of(input.name) })),
      nodes: tinyGraph.nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map(of),
        outputs: node.outputs.map(of),
      })),
    };
    const context = contextOf(new Model('same names', 'same names', graph, model.card));
    const { result, own, file } = await explain(context, { method: 'gradient' });
    const { map } = await run(file, {
      picture: await pictureTensor(32),
      class: classTensor(classOf(result)),
    });
    expect(difference(map?.data ?? new Float32Array(), own.data)).toBeLessThan(1e-5);
  });

  it.each([...onTokens, 'grad-cam'])('of a transformer gives the numbers of %s', async (method) => {
    const context = await open(join(TOKENS, 'vit-class.onnx'));
    const { own, file } = await explain(context, { method, target: 'class:1' });
    const feeds = { picture: await pictureTensor(32) };
    // What rollout shows does not depend on the class, so it is not asked for.
    const { map } = await run(
      file,
      method === 'attention-rollout' ? feeds : { ...feeds, class: classTensor(1) },
    );
    expect(own.data.some((value) => value > 0)).toBe(true);
    expect(difference(map?.data ?? new Float32Array(), own.data)).toBeLessThan(1e-5);
  });

  it.each([
    [{ method: 'occlusion' }, 'Occlusion cannot be exported'],
    [{ method: 'gradient', target: 'layer:relu1' }, 'must be one class'],
    [{ method: 'gradient', target: 'class:0 class:1*-1' }, 'must be one class'],
  ])('is refused for %j, and leaves nothing behind', async (settings, sentence) => {
    const context = await tiny();
    const before = await readdir(folder);
    expect((await refusalOf(explain(context, settings))).message).toContain(sentence);
    expect(await readdir(folder)).toEqual(before);
  });

  it('goes into no other file than .onnx', async () => {
    const request = parseRequest('explain', {
      image: photo,
      settings: {},
      out: null,
      export: 'explainer.pb',
    });
    expect((await refusalOf(resultOf(runExplain(await tiny(), request)))).message).toBe(
      'An exported explanation goes into a .onnx file, not into "explainer.pb".',
    );
  });
});

describeWithShared('of GoogLeNet', () => {
  it.each(['guided-backprop', 'grad-cam'])('%s takes hardly more room than the network', async (method) => {
    const image = sharedFile('images', 'n02099601_golden_retriever.JPEG');
    const network = sharedFile('models', 'googlenet.onnx');
    const { result, own, file } = await explain(await open(network), { method }, image);
    const sizes = await Promise.all([file, network].map(async (path) => (await stat(path)).size));
    expect((sizes[0] ?? 0) / (sizes[1] ?? 1)).toBeLessThan(1.01);
    const { map } = await run(file, {
      picture: await pictureTensor(224, image),
      class: classTensor(classOf(result)),
    });
    expect(difference(map?.data ?? new Float32Array(), own.data)).toBeLessThan(1e-5);
  });
});
