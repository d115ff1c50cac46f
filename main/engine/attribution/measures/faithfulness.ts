/**
 * Whether a map knows what a network goes by: pixels are taken out or brought in, in the order of the map, and the score is asked
 * for. The pictures are made here, and the answers counted; who asks the network stands in between.
 */
import { random } from '../../ascent/random.ts';
import { clonePixels, type Pixels } from '../../imaging/pixels.ts';
import { masked, type Colour } from '../masked.ts';
import { areaUnder, correlation } from './figures.ts';
import { impute } from './imputation.ts';

/** The score of a picture: of a class its probability, too. */
export interface Answer {
  readonly logit: number;
  /** null where the target is no class. */
  readonly probability: number | null;
}

/** A measure on the scale of the score, and on that of the probability. */
export type Scaled = Answer;

/** Steps from nothing to everything. */
export const STEPS = 10;

/** Shares of the pixels that ROAD takes out, and the deviation of its noise. */
export const ROAD_SHARES = [0.2, 0.4, 0.6, 0.8];
export const ROAD_NOISE = 0.01;

/** Random subsets of μFidelity, of cells of a grid, and the share of the cells that one takes out. */
export const SUBSETS = 200;
const CELLS = 9;
const SUBSET_SHARE = 0.2;

/** How many of the pixels have been taken by a step. */
const countAt = (share: number, order: ArrayLike<number>): number => Math.round(share * order.length);

/** `below` with the first `count` pixels of an order from `above`. */
export function composed(above: Pixels, below: Pixels, order: Uint32Array, count: number): Pixels {
  const result = clonePixels(below);
  const plane = below.width * below.height;
  for (const i of order.subarray(0, count))
    for (let c = 0; c < 3; c++) result.data[c * plane + i] = above.data[c * plane + i] ?? 0;
  return result;
}

/** From `below` to `above` in {@link STEPS} steps, both ends included: a deletion takes a picture to a baseline. */
export const stepsFrom = (below: Pixels, above: Pixels, order: Uint32Array): Pixels[] =>
  Array.from({ length: STEPS + 1 }, (_, step) => composed(above, below, order, countAt(step / STEPS, order)));

/** The area under what a deletion or an insertion was answered with. */
export function areaOf(answers: readonly Answer[]): Scaled {
  return scaled((scale) => areaUnder(answers.map((answer) => scale(answer))));
}

/**
 * The pictures of ROAD: for each share, without the most relevant pixels and without the least relevant ones, imputed.
 *
 * @param seed of the noise
 */
export function roadPictures(
  picture: Pixels,
  order: Uint32Array,
  seed: number,
  noise = ROAD_NOISE,
): Pixels[] {
  return ROAD_SHARES.flatMap((share) => {
    const count = countAt(share, order);
    return [order.subarray(0, count), order.subarray(order.length - count)].map((gone) => {
      const removed = new Uint8Array(order.length);
      for (const i of gone) removed[i] = 1;
      return impute(picture, removed, noise, seed);
    });
  });
}

/** The mean over the shares of (least relevant first − most relevant first) / 2. */
export function roadOf(answers: readonly Answer[]): Scaled {
  return scaled((scale) => {
    const halves = answers.map((answer, i) => (i % 2 === 0 ? -scale(answer) : scale(answer)) / 2);
    return halves.reduce((a, b) => a + b, 0) / ROAD_SHARES.length;
  });
}

/** What each subset leaves of the picture: one plane of 0 and 1. The same for every map. */
export function subsets({ width, height }: Pixels, seed: number): Float32Array[] {
  const cellOf = Uint8Array.from({ length: width * height }, (_, i) => {
    const column = Math.floor(((i % width) * CELLS) / width);
    const row = Math.floor((Math.floor(i / width) * CELLS) / height);
    return row * CELLS + column;
  });
  return Array.from({ length: SUBSETS }, (_, k) => {
    const next = random(seed, k);
    const cells = Float32Array.from({ length: CELLS * CELLS }, () => (next() < SUBSET_SHARE ? 0 : 1));
    const kept = new Float32Array(cellOf.length);
    for (let i = 0; i < kept.length; i++) kept[i] = cells[cellOf[i] ?? 0] ?? 1;
    return kept;
  });
}

/** The pictures of μFidelity. */
export const subsetPictures = (picture: Pixels, kept: readonly Float32Array[], fill: Colour): Pixels[] =>
  kept.map((mask) => ({ ...picture, data: masked(picture, mask, fill) }));

/**
 * μFidelity: the correlation of what a map gives to the pixels of a subset with how much the score falls without them; null
 * where either is always the same.
 */
export function fidelityOf(
  relevance: Float32Array,
  kept: readonly Float32Array[],
  whole: Answer,
  answers: readonly Answer[],
): number | null {
  const sums = kept.map((mask) => {
    let sum = 0;
    for (let i = 0; i < mask.length; i++) sum += (1 - (mask[i] ?? 1)) * (relevance[i] ?? 0);
    return sum;
  });
  return correlation(
    sums,
    answers.map(({ logit }) => whole.logit - logit),
  );
}

function scaled(measure: (scale: (answer: Answer) => number) => number): Scaled {
  const probability = measure((answer) => answer.probability ?? NaN);
  return {
    logit: measure(({ logit }) => logit),
    probability: Number.isNaN(probability) ? null : probability,
  };
}
