/** A pretrained surrogate: what it begins with, its gradients, and what it learns. */
import { afterAll, describe, expect, it } from 'vitest';
import { random } from '../../../ascent/random.ts';
import { argmax, crossEntropy } from '../../../attack/goal.ts';
import { pixelsFrom } from '../../../imaging/pixels.ts';
import { Model } from '../../../models/model.ts';
import { ProgramCache } from '../../../runtime/cache.ts';
import { onnxRuntime } from '../../../runtime/onnxruntime.ts';
import { tinyGraph } from '../../../testing/tiny-model.ts';
import { PretrainedSurrogate } from './pretrained.ts';
import { classify } from '../../common/classify.ts';
import { identity } from './training.ts';
import type { TrainingSample } from './surrogate.ts';
import type { MethodContext } from '../../common/context.ts';

const SIDE = 32;
const preprocessing = {
  layout: 'NCHW',
  channelOrder: 'RGB',
  mean: [127.5, 127.5, 127.5],
  std: [60, 60, 60],
  size: SIDE,
} as const;
const card = (labels: readonly string[]): Model['card'] => ({
  preprocessing,
  certainty: 'stated',
  why: '',
  guessed: false,
  logits: 'logits',
  labels,
  labelsName: null,
  dreamLayers: [],
  aliases: {},
  source: null,
  licence: null,
});
const programs = new ProgramCache(2 ** 26);
afterAll(() => programs.clear());
const context = (graph = tinyGraph, name = 'own'): MethodContext => ({
  model: new Model(name, name, graph, card(['a', 'b', 'c'])),
  runtime: onnxRuntime({ threads: 1 }),
  programs,
});
const known = (labels: readonly string[]) => ({
  model: new Model('black box', labels.join(), tinyGraph, card(labels)),
  classes: labels.length,
});
const SQUARE = { width: SIDE, height: SIDE };
const picture = (seed: number, { width, height } = SQUARE): Float32Array => {
  const next = random(seed);
  return Float32Array.from({ length: 3 * width * height }, () => next());
};

describe('a pretrained surrogate', () => {
  it('begins with its own scores, in the order of the other’s classes', async () => {
    const surrogate = await PretrainedSurrogate.create(context(), known(['c', 'a', 'unknown', 'b']));
    const at = surrogate.behind(identity(SQUARE));
    for (const seed of [1, 2, 3]) {
      const own = await classify(context(), pixelsFrom(SIDE, SIDE, picture(seed)), 3);
      const score = (k: number): number => Math.log(own.find(({ index }) => index === k)?.probability ?? 0);
      const [c = 0, a = 0, unknown, b = 0] = await at.scores(picture(seed));
      expect(c - a).toBeCloseTo(score(2) - score(0), 3);
      expect(b - a).toBeCloseTo(score(1) - score(0), 3);
      expect(unknown).toBe(0);
      expect(await surrogate.label(await surrogate.input(pixelsFrom(SIDE, SIDE, picture(seed))))).toBe(
        argmax([c, a, 0, b]),
      );
    }
    await surrogate.release();
  });

  it('learns from labels alone, can be brought back, and has the gradient of what it then is', async () => {
    const surrogate = await PretrainedSurrogate.create(context(), known(['d', 'e', 'f']));
    const sampleOf = async (seed: number): Promise<TrainingSample> => {
      const label = seed % 3;
      const square = picture(seed);
      const plane = SIDE * SIDE;
      for (let i = label * plane; i < (label + 1) * plane; i++) square[i] = 0.4 + 0.6 * (square[i] ?? 0);
      return { input: await surrogate.input(pixelsFrom(SIDE, SIDE, square)), label };
    };
    const samples = await Promise.all(Array.from({ length: 30 }, (_, i) => sampleOf(i)));
    const apart = await Promise.all(Array.from({ length: 30 }, (_, i) => sampleOf(1000 + i)));
    const right = async (): Promise<number> => {
      const labels = await Promise.all(apart.map(({ input }) => surrogate.label(input)));
      return labels.filter((label, i) => label === apart[i]?.label).length;
    };
    const before = surrogate.weights.snapshot();
    expect(await right()).toBeLessThan(16);
    await surrogate.train(samples, 2000, 1);
    expect(await right()).toBeGreaterThan(25);

    const shape = { width: 40, height: 28 };
    const loss = { kind: 'cross-entropy', label: 1, sign: 1 } as const;
    const classifier = surrogate.behind(identity(shape));
    const x = picture(5, shape);
    const direction = picture(6, shape).map((value) => value - 0.4);
    const { gradient } = await classifier.differentiate(x, loss);
    const derivative = gradient.reduce((sum, g, i) => sum + g * (direction[i] ?? 0), 0);
    const at = async (t: number): Promise<number> =>
      crossEntropy(await classifier.scores(x.map((value, i) => value + t * (direction[i] ?? 0))), 1);
    const difference = ((await at(1e-3)) - (await at(-1e-3))) / 2e-3;
    expect(Math.abs(derivative - difference)).toBeLessThan(0.02 * Math.abs(difference) + 1e-4);

    surrogate.weights.restore(before);
    expect(await right()).toBeLessThan(16);
    await surrogate.release();
  });

  it('is refused where there is no layer of scores over features', async () => {
    const end = { op: 'Relu', name: 'end', inputs: ['data'], outputs: ['end'], attributes: {} };
    const none = { ...tinyGraph, outputs: ['end'], nodes: [end] };
    const without = new Model('none', 'none', none, { ...card([]), logits: 'end' });
    await expect(
      PretrainedSurrogate.create({ ...context(), model: without }, known(['a'])),
    ).rejects.toMatchObject({
      code: 'model/unsupported',
    });
  });
});
