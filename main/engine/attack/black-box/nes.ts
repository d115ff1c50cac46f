/**
 * The attack with natural evolution strategies (Ilyas et al. 2018): the gradient is estimated from answers at random points
 * around the picture, in pairs of opposite directions, and its sign followed with momentum. Directions are constant over small
 * tiles, because the gradients of neighbours are alike (Ilyas et al. 2019): the fewer unknowns, the fewer queries.
 */
import { normal, random, type Random } from '../../ascent/random.ts';
import { project } from '../ball.ts';
import type { Steps } from '../steps.ts';
import { crossEntropy } from '../goal.ts';
import { fromLevels, onLattice, type Levels } from '../lattice.ts';
import { evaluate, type Evaluation } from '../objective.ts';
import type { BlackBoxOptions } from './budget.ts';
import type { BlackBox } from './black-box.ts';

/** Pairs of opposite directions in an estimate; the paper's 50 samples. */
const PAIRS = 25;

/** How far away the samples lie, in pixel units. */
const SIGMA = 1e-3;

/** Queries of a step: the samples, and the rounded picture itself. */
export const QUERIES_PER_STEP = 2 * PAIRS + 1;

const MOMENTUM = 0.9;
const FIRST_RATE = 1e-2;
const LAST_RATE = 5e-5;

/** Tiles along each side of what the network sees. */
const TILES = 56;

/** The step is halved when the goal is farther away than this many steps before. */
const PATIENCE = 5;

/**
 * An estimate of the gradient of a function of pictures at `x`, from `pairs` random pairs of points.
 *
 * @param tiles which tile each sample belongs to, from 0; below 0 it does not vary
 */
export async function estimateGradient(
  value: (picture: Float32Array) => Promise<number>,
  x: Float32Array,
  tiles: Int32Array,
  { pairs = PAIRS, sigma = SIGMA }: { pairs?: number; sigma?: number },
  next: Random,
): Promise<Float32Array> {
  const gradient = new Float32Array(x.length);
  const directions = new Float32Array(tiles.reduce((most, tile) => Math.max(most, tile), -1) + 1);
  const estimate = new Float32Array(directions.length);
  const point = x.slice();
  for (let pair = 0; pair < pairs; pair++) {
    for (let i = 0; i < directions.length; i++) directions[i] = normal(next);
    const at = (distance: number): Promise<number> => {
      for (let i = 0; i < point.length; i++)
        point[i] = (x[i] ?? 0) + distance * (directions[tiles[i] ?? -1] ?? 0);
      return value(point);
    };
    const derivative = ((await at(sigma)) - (await at(-sigma))) / (2 * sigma * pairs);
    for (let i = 0; i < estimate.length; i++)
      estimate[i] = (estimate[i] ?? 0) + derivative * (directions[i] ?? 0);
  }
  for (let i = 0; i < gradient.length; i++) gradient[i] = estimate[tiles[i] ?? -1] ?? 0;
  return gradient;
}

/** Ends as soon as the goal is reached. `picture` of what is found holds whole levels. */
export async function* nes(blackBox: BlackBox, original: Levels, options: BlackBoxOptions): Steps {
  const { goal, reach, queries } = options;
  const ball = { norm: 'linf', epsilon: reach / 255 } as const;
  const start = fromLevels(original);
  const tiles = tilesOf(options, original.length);
  const uphill = goal.kind === 'untargeted' ? 1 : -1;
  const value = async (picture: Float32Array): Promise<number> =>
    uphill * crossEntropy(await blackBox.classify(picture), goal.label);
  const x = start.slice();
  const momentum = new Float32Array(x.length);
  let best: Evaluation & { levels: Levels } = {
    levels: original,
    ...evaluate(await blackBox.classify(start), goal),
  };
  let rate = FIRST_RATE;
  let heights = [uphill * best.loss];
  const of = Math.floor((queries - 1) / QUERIES_PER_STEP);
  for (let step = 1; step <= of && best.margin <= 0 && reach > 0; step++) {
    const gradient = await estimateGradient(value, x, tiles, {}, random(options.seed, 0x4e, step));
    for (let i = 0; i < x.length; i++) {
      const g = MOMENTUM * (momentum[i] ?? 0) + (1 - MOMENTUM) * (gradient[i] ?? 0);
      momentum[i] = g;
      x[i] = (x[i] ?? 0) + rate * Math.sign(g);
    }
    project(x, start, ball);
    const levels = onLattice(x, original, ball);
    const picture = fromLevels(levels);
    const evaluation = evaluate(await blackBox.classify(picture), goal);
    if (evaluation.margin > best.margin) best = { levels, ...evaluation };
    const height = uphill * evaluation.loss;
    heights.push(height);
    if (heights.length > PATIENCE && height < (heights.at(-1 - PATIENCE) ?? height)) {
      rate = Math.max(rate / 2, LAST_RATE);
      heights = [height];
    }
    yield { step, of, picture, ...evaluation };
  }
  return { picture: fromLevels(best.levels), margin: best.margin, flat: 0 };
}

/** The tile of every sample; -1 outside the window. */
function tilesOf({ window, width }: BlackBoxOptions, samples: number): Int32Array {
  const plane = samples / 3;
  const side = Math.max(Math.round(Math.min(window.width, window.height) / TILES), 1);
  const [columns, rows] = [Math.ceil(window.width / side), Math.ceil(window.height / side)];
  return Int32Array.from({ length: samples }, (_, i) => {
    const [channel, at] = [Math.floor(i / plane), i % plane];
    const [x, y] = [(at % width) - window.x, Math.floor(at / width) - window.y];
    if (x < 0 || y < 0 || x >= window.width || y >= window.height) return -1;
    return (channel * rows + Math.floor(y / side)) * columns + Math.floor(x / side);
  });
}
