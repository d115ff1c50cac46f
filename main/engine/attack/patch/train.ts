/**
 * A patch that works at any place (Brown et al. 2017): what is optimised is the mean loss over photos, placements and transforms,
 * drawn anew for every gradient.
 */
import { random } from '../../ascent/random.ts';
import { ascend, type Ball } from '../ball.ts';
import type { Classifier } from '../classifier.ts';
import { sampleTransform } from '../eot/distribution.ts';
import { OPTIMISED, meanOver, type Expectation } from '../eot/expectation.ts';
import { Transformer } from '../eot/transform.ts';
import type { Goal } from '../goal.ts';
import { objectiveOf, type Evaluation, type Objective } from '../objective.ts';
import type { Size } from '../../imaging/pixels.ts';
import { accumulate } from '../projected-gradient.ts';
import { Pasted, type PatchShape } from './pasted.ts';
import { drawPlacement } from './placement.ts';

/** Streams of placements: of those that are trained on, and of those that judge. */
const PLACED = 0xa0;
export const PLACED_FRESH = 0xb0;

/** A patch may become anything in gamut. */
const GAMUT: Ball = { norm: 'linf', epsilon: 1 };

/** Of the momentum over gradients that are random. */
const DECAY = 0.9;

/** The last step is this share of the first, so that the patch comes to rest. */
const LAST = 0.1;

/** A photo as a network sees it, and what shall be seen in it. */
export interface Scene {
  /** Planes of the network's size. */
  readonly seen: Float32Array;
  readonly goal: Goal;
}

/**
 * The objective of a patch at one network, of which the "picture" is the patch's own planes.
 *
 * @param canvas size of the pictures that the network computes on
 * @param share of their shorter side that the patch takes
 * @param classifier of such pictures
 */
export function patchObjective(
  scenes: readonly Scene[],
  shape: PatchShape,
  canvas: Size,
  share: number,
  classifier: Classifier,
  { ranges, samples, seed }: Expectation,
): Objective {
  const transformer = new Transformer(canvas);
  return meanOver(samples, async (patch, evaluation, sample) => {
    // Every photo has its turn.
    const scene = scenes[(evaluation * samples + sample) % scenes.length];
    if (scene === undefined) throw new Error('There is no photo.');
    const placement = drawPlacement(shape, canvas, share, random(seed, PLACED, evaluation, sample));
    const drawn = sampleTransform(ranges, canvas, random(seed, OPTIMISED, evaluation, sample));
    const pasted = new Pasted(shape, placement, canvas);
    const { picture, adjoint } = await transformer.apply(pasted.over(patch, scene.seen), drawn);
    const objective = objectiveOf(classifier, scene.goal);
    return { picture, objective, adjoint: (gradient) => pasted.adjoint(adjoint(gradient)) };
  });
}

export interface TrainingStep extends Evaluation {
  /** Counted from 1, up to `of`. */
  readonly step: number;
  readonly of: number;
  /** What is evaluated; valid until the next step is asked for. */
  readonly patch: Float32Array;
}

/**
 * The last patch is taken, not the best one met: over so few draws a step, the best is the luckiest.
 *
 * @param stepSize of the first step, in pixel units
 */
export async function* train(
  objective: Objective,
  start: Float32Array,
  { steps, stepSize }: { readonly steps: number; readonly stepSize: number },
): AsyncGenerator<TrainingStep, { patch: Float32Array; flat: number }, undefined> {
  const patch = start.slice();
  const sum = new Float32Array(patch.length);
  let flat = 0;
  for (let step = 1; step <= steps; step++) {
    const { gradient, ...evaluation } = await objective.differentiate(patch);
    yield { step, of: steps, patch, ...evaluation };
    const size = stepSize * (1 - ((1 - LAST) * (step - 1)) / steps);
    if (!ascend(patch, accumulate(sum, gradient, DECAY), size, start, GAMUT)) flat++;
  }
  return { patch, flat };
}
