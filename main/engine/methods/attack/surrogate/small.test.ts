/** The small surrogate's training: gradients of its weights against differences, and a task that it must learn. */
import { afterAll, describe, expect, it } from 'vitest';
import { random } from '../../../ascent/random.ts';
import { SURROGATE_SIDE } from '../../../attack/black-box/surrogate-graph.ts';
import { crossEntropy } from '../../../attack/goal.ts';
import type { Preprocessing } from '../../../attack/eot/expectation.ts';
import { pixelsFrom } from '../../../imaging/pixels.ts';
import { ProgramCache } from '../../../runtime/cache.ts';
import { onnxRuntime } from '../../../runtime/onnxruntime.ts';
import { SmallSurrogate } from './small.ts';
import type { TrainingSample } from './surrogate.ts';

const programs = new ProgramCache(2 ** 26);
const surrogate = await SmallSurrogate.create({ runtime: onnxRuntime({ threads: 1 }), programs }, 3, 2);
afterAll(async () => {
  await surrogate.release();
  await programs.clear();
});

const size = 3 * SURROGATE_SIDE * SURROGATE_SIDE;
const plane = SURROGATE_SIDE * SURROGATE_SIDE;

/** Noise, brighter in the channel that is the label. */
function sample(seed: number): TrainingSample {
  const next = random(seed);
  const label = seed % 3;
  const bright = (i: number): number => (Math.floor(i / plane) === label ? 0.3 : 0);
  return { label, input: Float32Array.from({ length: size }, (_, i) => 0.6 * next() + bright(i)) };
}

describe('the small surrogate', () => {
  it('learns what it is told, and says so of pictures that it was not shown', async () => {
    const apart = Array.from({ length: 30 }, (_, i) => sample(1000 + i));
    const rightOnes = async (): Promise<number> => {
      let right = 0;
      for (const { input, label } of apart) if ((await surrogate.label(input)) === label) right++;
      return right;
    };
    expect(await rightOnes()).toBeLessThan(20);
    await surrogate.train(
      Array.from({ length: 40 }, (_, i) => sample(i)),
      25,
      1,
    );
    expect(await rightOnes()).toBeGreaterThan(27);
  });

  it('has the gradient of its loss in the samples of a picture of another size', async () => {
    const [width, height] = [80, 56];
    const preprocessing: Preprocessing = {
      shape: { width, height },
      apply: (picture) => picture,
      adjoint: (gradient) => gradient,
    };
    const classifier = surrogate.behind(preprocessing);
    const next = random(5);
    const picture = Float32Array.from({ length: 3 * width * height }, () => next());
    const direction = Float32Array.from({ length: 3 * width * height }, () => next() - 0.4);
    const loss = { kind: 'cross-entropy', label: 1, sign: 1 } as const;
    const { gradient } = await classifier.differentiate(picture, loss);
    const derivative = gradient.reduce((sum, g, i) => sum + g * (direction[i] ?? 0), 0);
    const at = async (t: number): Promise<number> =>
      crossEntropy(await classifier.scores(picture.map((value, i) => value + t * (direction[i] ?? 0))), 1);
    const difference = ((await at(2e-3)) - (await at(-2e-3))) / 4e-3;
    expect(Math.abs(derivative - difference)).toBeLessThan(0.02 * Math.abs(difference) + 1e-4);
    expect(await surrogate.input(pixelsFrom(width, height, picture))).toHaveLength(size);
  });
});
