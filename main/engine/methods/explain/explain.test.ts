/** Explanations by the engine, on networks of a few kilobytes: what is computed, told, written and refused. */
import { parseRequest } from '../../../../shared/methods/request.ts';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ExplainResult } from '../../../../shared/methods/explain.ts';
import { errorData } from '../../../../shared/errors.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import { attributionNames, attributions } from '../../../../shared/recipes/attributions.ts';
import { parseRecipe } from '../../../../shared/recipes/recipe.ts';
import { readNpy, type Npy } from '../../attribution/npy.ts';
import type { Graph, Node } from '../../graph/graph.ts';
import { decodeImage, saveImage } from '../../imaging/codec.ts';
import { createPixels } from '../../imaging/pixels.ts';
import { loadModel } from '../../models/load.ts';
import { IMAGE, Model } from '../../models/model.ts';
import { ProgramCache } from '../../runtime/cache.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import { float32 } from '../../graph/tensor.ts';
import { describeWithShared, sharedFile } from '../../testing/shared-folder.ts';
import { tinyGraph, writeTinyModel } from '../../testing/tiny-model.ts';
import { runExplain } from './job.ts';
import { ScoreProgram, type ScoreOfPictures } from './score-program.ts';
import { shuffled } from './shuffled.ts';
import { resolveObjective } from '../common/targets.ts';
import type { MethodContext } from '../common/context.ts';

const SIDE = 32;
/** Those that every network has. */
const ALL = attributionNames.filter((name) => attributions[name].family !== 'attention');

const folder = await mkdtemp(join(tmpdir(), 'reverie-explain-'));
afterAll(() => rm(folder, { recursive: true }));
writeTinyModel(join(folder, 'tiny.onnx'));
const { card } = await loadModel(join(folder, 'tiny.onnx'));

const digest = ({ nodes }: Graph): string => createHash('sha256').update(JSON.stringify(nodes)).digest('hex');

const contextOf = (graph: Graph, logits = 'logits'): MethodContext => ({
  model: new Model('network', digest(graph), graph, { ...card, logits }),
  runtime: onnxRuntime({ threads: 1 }),
  programs: new ProgramCache(0),
});
const tiny = contextOf(tinyGraph);

/** The tiny network with other operators in the place of one. */
function replaced(name: string, ...by: Node[]): Graph {
  const nodes = tinyGraph.nodes.flatMap((node) => (node.name === name ? by : [node]));
  return { ...tinyGraph, nodes };
}
const node = (op: string, input: string, output: string): Node => ({
  op,
  name: output,
  inputs: [input],
  outputs: [output],
  attributes: {},
});

let out = '';
let serial = 0;
beforeAll(async () => {
  const scene = createPixels(50, 44);
  scene.data.forEach((_, i) => (scene.data[i] = 0.5 + 0.4 * Math.sin(i * 0.17) * Math.cos(i * 0.013)));
  await saveImage(scene, join(folder, 'photo.png'));
});
beforeEach(() => (out = join(folder, `out-${serial++}.png`)));

const requestOf = (settings: object, rest: object = {}) =>
  parseRequest('explain', { image: join(folder, 'photo.png'), settings, out: null, raw: null, ...rest });

async function explainAll(
  settings: object,
  rest: object = {},
  context = tiny,
): Promise<JobEvent<ExplainResult>[]> {
  const events: JobEvent<ExplainResult>[] = [];
  for await (const event of runExplain(context, requestOf(settings, rest))) events.push(event);
  return events;
}

async function explain(settings: object, rest: object = {}, context = tiny): Promise<ExplainResult> {
  const last = (await explainAll(settings, rest, context)).at(-1);
  if (last?.kind !== 'done') throw new Error('no result');
  return last.result;
}

/** The numbers of one method's map. */
async function numbers(settings: object, context = tiny): Promise<Npy> {
  const raw = join(folder, `map-${serial++}.npy`);
  await explain(settings, { raw }, context);
  return readNpy(await readFile(raw));
}

const refused = (work: Promise<unknown>) =>
  work.then(() => Promise.reject(new Error('was not refused')), errorData);

const total = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

describe('an explanation', () => {
  it('tells each pass, and what every method found', async () => {
    const events = await explainAll({ method: ALL, nodes: 20, samples: 6, masks: 40 }, { pictures: true });
    const steps = events.filter((event) => event.kind === 'step');
    expect(events[0]).toMatchObject({
      kind: 'started',
      steps: steps.length,
      width: SIDE,
      height: SIDE,
      notes: [],
    });
    expect(steps.map(({ step, of }) => [step, of])).toEqual(steps.map((_, i) => [i + 1, steps.length]));
    const done = events.at(-1);
    if (done?.kind !== 'done') throw new Error('no result');
    const { result } = done;
    expect(result.methods.map(({ method }) => method)).toEqual(ALL);
    expect(result).toMatchObject({ output: null, device: 'cpu', steps: steps.length });
    expect(result.view?.rgba).toHaveLength(4 * SIDE * SIDE);
    for (const { map, definition } of result.methods) {
      expect(map).toMatchObject({ width: SIDE, height: SIDE });
      expect(definition).not.toBe('');
    }
    expect(total(result.classes.map(({ probability }) => probability))).toBeCloseTo(1, 6);
    expect(result.target).toMatchObject({
      text: `class:${result.classes[0]?.index ?? NaN}`,
      label: result.classes[0]?.label,
    });
  });

  it('leaves a sheet with its recipe, from which the same sheet can be made', async () => {
    const first = await explain({ method: 'gradient,smoothgrad,grad-cam', samples: 3, seed: 7 }, { out });
    const { pixels, recipe } = await decodeImage(out);
    expect([pixels.width, pixels.height]).toEqual([4 * SIDE + 3 * 8, SIDE]);
    expect(parseRecipe(recipe)).toEqual(first.recipe);
    const bytes = await readFile(out);
    await explain(first.recipe.settings, { out });
    expect((await readFile(out)).equals(bytes)).toBe(true);
  });

  it('leaves the numbers of each method in a file of its own', async () => {
    const raw = join(folder, 'maps.npy');
    const { methods } = await explain({ method: 'gradient,grad-cam' }, { raw });
    expect(methods.map((found) => found.raw)).toEqual(
      ['gradient', 'grad-cam'].map((method) => join(folder, `maps-${method}.npy`)),
    );
    const shapes = await Promise.all(methods.map(async (m) => readNpy(await readFile(m.raw ?? '')).dims));
    expect(shapes).toEqual([
      [3, SIDE, SIDE],
      [SIDE, SIDE],
    ]);
  });

  it('lays maps over the picture with an opacity', async () => {
    const sheet = async (opacity: number) => {
      await explain({ method: 'gradient', opacity }, { out });
      const { data, width } = (await decodeImage(out)).pixels;
      const at = (x: number, y: number): number => data[y * width + x] ?? NaN;
      return (x: number) => [at(x, 5), at(SIDE + 8 + x, 5)] as const;
    };
    const clear = await sheet(0);
    for (const x of [0, 9, 31]) expect(clear(x)[1]).toBe(clear(x)[0]);
    const [half, whole] = [await sheet(0.5), await sheet(1)];
    for (const x of [0, 9, 31]) expect(half(x)[1]).toBeCloseTo((half(x)[0] + whole(x)[1]) / 2, 1.9);
  });

  it('sees networks for single pictures one at a time, and finds the same', async () => {
    // What stands beside the features was written for one picture.
    const beside = {
      ...node('Concat', 'average', 'both'),
      inputs: ['average', 'extra'],
      attributes: { axis: 1 },
    };
    const own = { ...node('Slice', 'both', 'own'), inputs: ['both', 'zero', 'six', 'one'] };
    const single = replaced('vector', beside, own, node('Flatten', 'own', 'vector'));
    const index = (value: bigint) => ({ type: 'int64', dims: [1], data: BigInt64Array.of(value) }) as const;
    const constants = new Map([
      ...single.constants,
      ['extra', float32([0, 0], [1, 2, 1, 1])] as const,
      ...Object.entries({ zero: index(0n), six: index(6n), one: index(1n) }),
    ]);
    const context = contextOf({ ...single, constants });
    const settings = { method: 'smoothgrad,occlusion', samples: 4, occlusionSize: 16 };
    const [many, one] = [await explain(settings), await explain(settings, {}, context)];
    expect(one.steps).toBeGreaterThan(many.steps);
    const [a, b] = [
      await numbers({ ...settings, method: 'smoothgrad' }),
      await numbers({ ...settings, method: 'smoothgrad' }, context),
    ];
    a.data.forEach((value, i) => expect(b.data[i]).toBeCloseTo(value, 6));
  });
});

describe('methods agree with one another', () => {
  it('input × gradient is the product, and SmoothGrad without noise the gradient', async () => {
    const gradient = await numbers({ method: 'gradient', target: 'class:c' });
    const product = await numbers({ method: 'input-x-gradient', target: 'class:c' });
    const smooth = await numbers({ method: 'smoothgrad', target: 'class:c', noise: 0 });
    const { view } = await explain({ method: 'gradient' }, { pictures: true });
    gradient.data.forEach((g, i) => {
      const pixel = (view?.rgba[4 * (i % SIDE ** 2) + Math.floor(i / SIDE ** 2)] ?? NaN) / 255;
      expect(Math.abs((product.data[i] ?? NaN) - g * pixel)).toBeLessThanOrEqual(Math.abs(g) / 400);
      expect(smooth.data[i]).toBeCloseTo(g, 6);
    });
  });

  it.each([
    ['black', 0, 'integrated-gradients', /is the baseline itself.*another baseline/],
    ['white', 1, 'integrated-gradients', /is the baseline itself/],
    ['black', 0, 'input-x-gradient', /is black/],
  ] as const)(
    'a map of zeros that a %s picture of %d must give is explained: %s',
    async (baseline, level, method, words) => {
      const path = join(folder, `${baseline}.tiff`);
      await saveImage(createPixels(SIDE, SIDE, level), path, { depth: 16 });
      const settings = {
        method,
        target: 'class:a',
        ...(method === 'integrated-gradients' ? { baseline } : {}),
      };
      const [found] = (await explain(settings, { image: path })).methods;
      expect(found?.note).toMatch(words);
    },
  );

  it('integrated gradients are complete within a percent of the difference', async () => {
    const settings = { method: 'integrated-gradients', target: 'class:a' };
    const { completenessGap = NaN, difference = NaN } = (await explain(settings)).methods[0] ?? {};
    expect(Math.abs(completenessGap)).toBeLessThan(0.01 * Math.abs(difference));
    const { data } = await numbers(settings);
    expect(total(data)).toBeCloseTo(difference + completenessGap, 4);
    const coarse = (await explain({ ...settings, nodes: 1, baseline: 'white' })).methods[0];
    const gap = Math.abs((coarse?.completenessGap ?? NaN) / (coarse?.difference ?? NaN));
    expect(gap).toBeGreaterThan(0.01);
    expect(coarse?.note).toContain(`${(100 * gap).toFixed(1)} %`);
    for (const baseline of ['grey', 'white', 'mean']) {
      const other = (await explain({ ...settings, baseline })).methods[0];
      expect(other?.difference).not.toBeCloseTo(difference, 4);
    }
  });

  it('Grad-CAM before global pooling and one linear layer is CAM up to scale', async () => {
    const context = contextOf(tinyGraph);
    const map = await numbers({ method: 'grad-cam', target: 'class:1', layer: 'relu2' }, context);
    const raw = tinyGraph.constants.get('w3');
    if (raw?.type !== 'float32') throw new Error('no weights');
    const terms = await resolveObjective(context.model, 'layer:relu2');
    const g = context.model.build(
      { width: SIDE, height: SIDE },
      terms.map(({ tensor }) => tensor),
    );
    const program = await context.runtime.compile(g.finish(['relu2']));
    const { view } = await explain({ method: 'gradient' }, { pictures: true });
    const picture = Float32Array.from(
      { length: 3 * SIDE ** 2 },
      (_, i) => (view?.rgba[4 * (i % SIDE ** 2) + Math.floor(i / SIDE ** 2)] ?? NaN) / 255,
    );
    const { relu2 } = await program.run({
      [IMAGE]: { type: 'float32', dims: [1, 3, SIDE, SIDE], data: picture },
    });
    await program.dispose();
    const cells = (relu2?.data.length ?? 0) / 6;
    const grid = Math.sqrt(cells);
    const cam = Array.from({ length: cells }, (_, i) =>
      Math.max(
        0,
        total(
          Array.from(
            { length: 6 },
            (__, k) => (raw.data[6 + k] ?? NaN) * (relu2?.data[k * cells + i] ?? NaN),
          ),
        ),
      ),
    );
    // The map is enlarged bilinearly; at the four pixels around a cell's centre its mean is near the cell's value.
    const [highest, scale] = [Math.max(...cam), Math.max(...map.data)];
    expect(scale).toBeGreaterThan(0);
    const step = SIDE / grid;
    cam.forEach((value, i) => {
      const [x, y] = [(i % grid) * step + step / 2, Math.floor(i / grid) * step + step / 2];
      const around = [-1, 0].flatMap((dy) => [-1, 0].map((dx) => map.data[(y + dy) * SIDE + x + dx] ?? NaN));
      expect(Math.abs(total(around) / 4 / scale - value / highest)).toBeLessThan(0.15);
    });
  });

  it('a Grad-CAM without positive evidence is all zero, and says so', async () => {
    const settings = { method: 'grad-cam,guided-grad-cam', target: 'layer:relu2*-1', layer: 'relu2' };
    const { methods } = await explain(settings, { out });
    for (const { note } of methods) expect(note).toContain('no positive evidence in this layer');
    const { data } = await numbers({ ...settings, method: 'grad-cam' });
    expect(new Set(data)).toEqual(new Set([0]));
  });
});

it('a target that the picture leaves cold is told, not shown as noise', async () => {
  // Far below zero, a unit behind a ReLU lets no gradient through.
  const cold = { type: 'float32', dims: [8], data: new Float32Array(8).fill(-1e3) } as const;
  const [first] = tinyGraph.nodes;
  if (first === undefined) throw new Error('no nodes');
  const graph = replaced(first.name, { ...first, inputs: ['data', 'w1', 'cold'] });
  const context = contextOf({ ...graph, constants: new Map([...graph.constants, ['cold', cold]]) });
  const { methods, target } = await explain(
    { method: 'gradient,smoothgrad', target: 'channel:relu1/0' },
    {},
    context,
  );
  expect(target.score).toBe(0);
  for (const { note } of methods) expect(note).toContain('all zero');
});

describe('guided methods', () => {
  const score = async (context: MethodContext): Promise<ScoreOfPictures> => ({
    terms: await resolveObjective(context.model, 'class:0'),
    scale: 'logit',
    shape: { width: SIDE, height: SIDE },
  });
  const picture = Float32Array.from({ length: 3 * SIDE ** 2 }, (_, i) => 0.5 + 0.5 * Math.sin(i * 1.7));

  it('leave the forward pass and the true gradient as they were, to the bit', async () => {
    const look = async (gradient: 'true' | 'guided' | 'deconvnet') => {
      const program = await ScoreProgram.lease(tiny, await score(tiny), { gradient, batch: 1 });
      const { value, gradient: found } = await program.look(picture);
      await program.release();
      return { value, found };
    };
    const before = await look('true');
    const [guided, deconvnet] = [await look('guided'), await look('deconvnet')];
    expect([guided.value, deconvnet.value]).toEqual([before.value, before.value]);
    expect(guided.found).not.toEqual(before.found);
    expect(deconvnet.found).not.toEqual(guided.found);
    expect(await look('true')).toEqual(before);
  });

  it.each([
    ['ReLUs', tinyGraph, 2],
    [
      'a ReLU6',
      replaced('relu1', { ...node('Clip', 'conv1', 'relu1'), inputs: ['conv1', 'low', 'high'] }),
      2,
    ],
    [
      "the classifier's own",
      replaced(
        'logits',
        { ...node('Gemm', 'vector', 'linear'), inputs: ['vector', 'w3'], attributes: { transB: 1 } },
        node('Relu', 'linear', 'logits'),
      ),
      3,
    ],
  ])('count the gates they rewrite: %s', async (_, graph, expected) => {
    const bound = (value: number) => ({ type: 'float32', dims: [], data: Float32Array.of(value) }) as const;
    const constants = new Map([...graph.constants, ['low', bound(0)] as const, ['high', bound(6)] as const]);
    const context = contextOf({ ...graph, constants });
    const { methods } = await explain(
      { method: 'guided-backprop,deconvnet', target: 'class:0' },
      {},
      context,
    );
    expect(methods.map(({ gates }) => gates)).toEqual([expected, expected]);
  });

  it('are refused where there is no gate, instead of showing the plain gradient', async () => {
    const smooth = contextOf({
      ...tinyGraph,
      nodes: tinyGraph.nodes.map((n) => (n.op === 'Relu' ? { ...n, op: 'Tanh' } : n)),
    });
    for (const method of ['guided-backprop', 'deconvnet', 'guided-grad-cam']) {
      const { code, message } = await refused(explain({ method }, {}, smooth));
      expect(code).toBe('model/unsupported');
      expect(message).toContain('no ReLU');
    }
    expect((await explain({ method: 'gradient' }, {}, smooth)).methods).toHaveLength(1);
  });
});

describeWithShared('the gates of real networks', () => {
  it.each(['googlenet', 'mobilenet_v2', 'squeezenet1.1'])('%s: all are rewritten', async (name) => {
    const model = await loadModel(sharedFile('models', `${name}.onnx`));
    const context = { ...tiny, model };
    const gates = model.graph.nodes.filter(({ op }) => op === 'Relu' || op === 'Clip').length;
    const program = await ScoreProgram.lease(
      context,
      { terms: await resolveObjective(model, 'class:1'), scale: 'logit', shape: { width: 224, height: 224 } },
      { gradient: 'guided', batch: 1 },
    );
    await program.release();
    expect(program.gates).toBe(gates);
  });
});

describe('the comparison with shuffled weights', () => {
  it('tells a correlation for each method, the same with the same seed', async () => {
    const settings = { method: 'gradient,guided-backprop,occlusion', randomise: true, seed: 5 };
    const [first, again] = [await explain(settings), await explain(settings)];
    const found = first.methods.map(({ randomised }) => randomised ?? NaN);
    expect(again.methods.map(({ randomised }) => randomised)).toEqual(found);
    for (const value of found) expect(Math.abs(value)).toBeLessThan(0.95);
    const other = await explain({ ...settings, seed: 6 });
    expect(other.methods.map(({ randomised }) => randomised)).not.toEqual(found);
    expect((await explain({ method: 'gradient' })).methods[0]).not.toHaveProperty('randomised');
  });

  it('keeps every weight, in another order, and the network itself as it is', () => {
    const model = shuffled(tiny.model, 1);
    const sorted = (tensor: unknown) =>
      typeof tensor === 'object' && tensor !== null && 'data' in tensor && tensor.data instanceof Float32Array
        ? [...tensor.data].sort()
        : [];
    for (const [name, tensor] of tinyGraph.constants) {
      expect(model.graph.constants.get(name)?.data).not.toEqual(tensor.data);
      expect(sorted(model.graph.constants.get(name))).toEqual(sorted(tensor));
      expect(tiny.model.graph.constants.get(name)).toBe(tensor);
    }
    expect(model.sha256).not.toBe(tiny.model.sha256);
  });
});

describe('what cannot be explained', () => {
  const cases: [string, object, object, string, string][] = [
    ['an unknown method', { method: 'gradient,grad-kam' }, {}, 'usage/option', '--method'],
    ['an unknown class', { target: 'class:dog' }, {}, 'class/unknown', 'dog'],
    ['an unknown layer of Grad-CAM', { method: 'grad-cam', layer: 'relu3' }, {}, 'layer/unknown', 'relu3'],
    [
      'a layer of Grad-CAM after the target',
      { method: 'grad-cam', target: 'layer:conv1', layer: 'relu2' },
      {},
      'layer/unusable',
      'relu2',
    ],
    ['a layer without a grid', { method: 'grad-cam', layer: 'average' }, {}, 'layer/unusable', 'average'],
    [
      'the log-probability of a channel',
      { target: 'channel:relu1/2', score: 'log-probability' },
      {},
      'usage/option',
      'channel:relu1/2',
    ],
    ['numbers into a text file', {}, { raw: 'map.txt' }, 'usage/option', 'map.txt'],
    ['a missing picture', {}, { image: '/nowhere.png' }, 'image/missing', '/nowhere.png'],
  ];
  it.each(cases)('%s', async (_, settings, rest, code, named) => {
    const error = await refused((async () => explain(settings, rest))());
    expect(error.code).toBe(code);
    expect(error.message).toContain(named);
  });

  it('a network that is no classifier, unless a target is named', async () => {
    const features = contextOf(
      { ...tinyGraph, outputs: ['relu2'], nodes: tinyGraph.nodes.slice(0, 5) },
      'none',
    );
    expect(await refused(explain({}, {}, features))).toMatchObject({ code: 'model/unsupported' });
    const found = await explain({ method: 'gradient,grad-cam', target: 'channel:relu2/1' }, {}, features);
    expect(found).toMatchObject({ classes: [], target: { text: 'channel:relu2/1', label: null } });
    expect(found.methods[1]?.layer).toBe('relu2');
  });
});

describe('a cancelled explanation', () => {
  it.each(['by its signal', 'by leaving'])('%s writes nothing', async (way) => {
    const controller = new AbortController();
    const request = requestOf(
      { method: 'occlusion', occlusionSize: 4 },
      { out, raw: join(folder, 'no.npy') },
    );
    const events = runExplain(tiny, request, controller.signal);
    await events.next();
    expect((await events.next()).value).toMatchObject({ kind: 'step', step: 1 });
    if (way === 'by leaving') await events.return();
    else {
      controller.abort();
      expect(await refused(events.next())).toMatchObject({ code: 'job/cancelled' });
    }
    const files = await readdir(folder);
    expect(files.filter((name) => out.endsWith(name) || name === 'no.npy' || name.endsWith('.tmp'))).toEqual(
      [],
    );
  });
});
