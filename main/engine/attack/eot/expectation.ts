/**
 * Expectation over transformations (Athalye et al. 2018): what is optimised is the mean loss over random transforms of what the
 * network sees, drawn anew for every gradient.
 */
import { random } from '../../ascent/random.ts';
import type { Classifier } from '../classifier.ts';
import type { Goal } from '../goal.ts';
import { objectiveOf, type Evaluation, type LossKind, type Objective } from '../objective.ts';
import type { Size } from '../../imaging/pixels.ts';
import { sampleTransform, type Ranges } from './distribution.ts';
import { Transformer } from './transform.ts';

/** Streams of random numbers: of transforms that an attack optimises over, and of those that judge it. */
export const OPTIMISED = 0xe0;
const FRESH = 0xf0;

/** A linear map from pictures to those that a network computes on, with its adjoint. */
export interface Preprocessing {
  /** Of what it computes on, in pixels. */
  readonly shape: Size;
  apply(picture: Float32Array): Float32Array;
  adjoint(gradient: Float32Array): Float32Array;
}

/** What an expectation is taken over. */
export interface Expectation {
  readonly ranges: Ranges;
  /** Transforms to every gradient. */
  readonly samples: number;
  readonly seed: number;
}

/** One term of an expectation. */
export interface Sample {
  /** What the network is shown. */
  readonly picture: Float32Array;
  readonly objective: Objective;
  /** From a gradient with respect to `picture` to one with respect to what is optimised. */
  readonly adjoint: (gradient: Float32Array) => Float32Array;
}

/**
 * The mean over random samples.
 *
 * @param draw a sample of an evaluation; evaluations and the samples of each are counted from 0
 */
export function meanOver(
  samples: number,
  draw: (x: Float32Array, evaluation: number, sample: number) => Promise<Sample>,
): Objective {
  let evaluations = 0;
  const mean = async (x: Float32Array, gradient: Float32Array | null): Promise<Evaluation> => {
    const number = evaluations++;
    const sum = { loss: 0, probability: 0, margin: 0 };
    for (let sample = 0; sample < samples; sample++) {
      const { loss, probability, margin } = await add(await draw(x, number, sample), gradient, samples);
      sum.loss += loss / samples;
      sum.probability += probability / samples;
      sum.margin += margin / samples;
    }
    return sum;
  };
  return {
    evaluate: (x) => mean(x, null),
    async differentiate(x) {
      const gradient = new Float32Array(x.length);
      return { ...(await mean(x, gradient)), gradient };
    },
  };
}

/** Evaluates a sample, and adds its share of the gradient where that is wanted. */
async function add(
  { picture, objective, adjoint }: Sample,
  gradient: Float32Array | null,
  samples: number,
): Promise<Evaluation> {
  if (gradient === null) return objective.evaluate(picture);
  const { gradient: own, ...evaluation } = await objective.differentiate(picture);
  const part = adjoint(own);
  for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] ?? 0) + (part[i] ?? 0) / samples;
  return evaluation;
}

/** @param classifier of pictures that are preprocessed already */
export function expectedObjective(
  preprocessing: Preprocessing,
  classifier: Classifier,
  goal: Goal,
  { ranges, samples, seed }: Expectation,
  kind: LossKind = 'cross-entropy',
): Objective {
  const { shape } = preprocessing;
  const objective = objectiveOf(classifier, goal, kind);
  const transformer = new Transformer(shape);
  const mean = meanOver(samples, async (seen, evaluation, sample) => {
    const drawn = sampleTransform(ranges, shape, random(seed, OPTIMISED, evaluation, sample));
    return { ...(await transformer.apply(seen, drawn)), objective };
  });
  return {
    evaluate: (picture) => mean.evaluate(preprocessing.apply(picture)),
    async differentiate(picture) {
      const { gradient, ...evaluation } = await mean.differentiate(preprocessing.apply(picture));
      return { ...evaluation, gradient: preprocessing.adjoint(gradient) };
    },
  };
}

interface FreshView {
  readonly picture: Float32Array;
  readonly evaluation: Evaluation;
}

/**
 * Transforms that no attack has seen, one after the other, and what the network makes of the picture in each.
 *
 * @param seen what is judged the i-th time, preprocessed to `shape`
 * @param classifier of such pictures
 */
export async function* freshViews(
  seen: (i: number) => Float32Array,
  shape: Size,
  classifier: Classifier,
  goal: Goal,
  ranges: Ranges,
  count: number,
  seed: number,
): AsyncGenerator<FreshView, void, undefined> {
  const objective = objectiveOf(classifier, goal);
  const transformer = new Transformer(shape);
  for (let i = 0; i < count; i++) {
    const drawn = sampleTransform(ranges, shape, random(seed, FRESH, i));
    const { picture } = await transformer.apply(seen(i), drawn);
    yield { picture, evaluation: await objective.evaluate(picture) };
  }
}
