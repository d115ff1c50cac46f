/** Explanations by the engine, on networks of a few kilobytes: what is told, written and refused. */
import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { attributionNames, attributions } from '../../../../shared/recipes/attributions.ts';
import { parseRecipe } from '../../../../shared/recipes/recipe.ts';
import { readNpy } from '../../attribution/npy.ts';
import { float32 } from '../../graph/tensor.ts';
import { decodeImage } from '../../imaging/codec.ts';
import { tinyGraph } from '../../testing/tiny-model.ts';
import { runExplain } from './job.ts';
import { shuffled } from './shuffled.ts';
import { node, refused, replaced, SIDE, tinyExplanations, total } from './testing/tiny-explanations.ts';

/** Those that every network has. */
const ALL = attributionNames.filter((name) => attributions[name].family !== 'attention');

const { folder, tiny, contextOf, place, requestOf, explainAll, explain, numbers } = await tinyExplanations();

let out = '';
beforeEach(() => (out = place('.png')));

const NONE = { logit: NaN, probability: NaN };

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

  it('measures every map beside three that know nothing of the network', async () => {
    const settings = { method: 'gradient,grad-cam', target: 'class:a', measure: true };
    const events = await explainAll(settings);
    const steps = events.filter((event) => event.kind === 'step');
    const done = events.at(-1);
    if (done?.kind !== 'done') throw new Error('no result');
    const { methods, dummies, definitions } = done.result;
    expect(Object.keys(definitions ?? {})).toEqual(Object.keys(methods[0]?.measures ?? {}));
    expect(events[0]).toMatchObject({ steps: steps.length });
    expect(dummies?.map(({ dummy }) => dummy)).toEqual(['random', 'edges', 'centre']);
    for (const { measures, verdict } of methods) {
      expect(verdict).toMatch(/^(Better|No better) in this picture than .*\(\d of 4 measures\)/);
      for (const { logit, probability } of [measures?.deletion, measures?.insertion].map((m) => m ?? NONE)) {
        expect(Number.isFinite(logit)).toBe(true);
        expect(probability).toBeGreaterThan(0);
        expect(probability).toBeLessThan(1);
      }
      expect(Math.abs(measures?.fidelity ?? NaN)).toBeLessThanOrEqual(1);
      expect(measures?.sparseness).toBeGreaterThan(0);
    }
    // Whatever the maps, the same seed asks the same of the network.
    const again = await explain(settings);
    expect(again.methods.map(({ measures }) => measures)).toEqual(methods.map(({ measures }) => measures));
  });

  it('measures by the score alone what is no class', async () => {
    const settings = { method: 'gradient', target: 'channel:relu2/1', measure: true };
    const { measures } = (await explain(settings)).methods[0] ?? {};
    expect(measures?.deletion.probability).toBeNull();
    expect(Number.isFinite(measures?.deletion.logit)).toBe(true);
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
    expect(
      files.filter((name) => name === basename(out) || name === 'no.npy' || name.endsWith('.tmp')),
    ).toEqual([]);
  });
});
