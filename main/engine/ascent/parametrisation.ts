/**
 * What is optimised in place of pixels. A parametrisation maps numbers to pictures and gradients of the pictures back to
 * gradients of the numbers; the optimiser knows nothing of either.
 */
import { logistic, logisticGradient } from './colour-decorrelation.ts';
import { normal, random, type Random } from './random.ts';

export interface Parametrisation {
  /** How many numbers describe the whole batch. */
  readonly size: number;
  /** Where the optimisation begins. */
  start(): Float64Array;
  /** Writes the batch, [N, 3, H, W] with values in (0, 1). */
  decode(parameters: Float64Array, images: Float32Array): void;
  /**
   * The gradient with respect to the parameters that `images` was decoded from last, overwriting `into`.
   *
   * @param gradient with respect to `images`
   */
  pull(gradient: Float32Array, images: Float32Array, into: Float64Array): void;
}

/** A batch to parametrise. */
export interface BatchShape {
  readonly width: number;
  readonly height: number;
  /**
   * One number per image. Equal numbers begin with equal noise, so that what becomes of an image does not depend on its
   * place in the batch; those that are to differ from each other have different ones.
   */
  readonly copies: readonly number[];
}

/** What the noise of a start is for, apart from the draws of the steps, which are numbered from 1. */
const START = 0;

/** The stream of random numbers that an image begins with. */
export const startNoise = (seed: number, copy: number): Random => random(seed, START, copy);

/** Deviation of the noise at the start (lucid). */
export const START_DEVIATION = 0.01;

/** Every value of every pixel on its own, through a logistic function: what optimising naively looks like. */
export function pixelParametrisation({ width, height, copies }: BatchShape, seed: number): Parametrisation {
  const length = 3 * width * height;
  const size = copies.length * length;
  return {
    size,
    start() {
      const parameters = new Float64Array(size);
      copies.forEach((copy, i) => {
        const next = startNoise(seed, copy);
        for (let j = i * length; j < (i + 1) * length; j++) parameters[j] = START_DEVIATION * normal(next);
      });
      return parameters;
    },
    decode: (parameters, images) => logistic(parameters, 0, size, images, 0),
    pull: (gradient, images, into) => logisticGradient(gradient, images, 0, size, into, 0),
  };
}
