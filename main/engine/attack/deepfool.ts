/**
 * DeepFool (Moosavi-Dezfooli et al. 2016): again and again the step to the nearest of the boundaries with other classes, as
 * if the network were linear. Finds how little is needed, not what fits into a given ball.
 */
import type { Norm } from '../../../shared/attacks/registry.ts';
import { length2 } from './ball.ts';
import type { Classifier } from './classifier.ts';
import { argmax, likeliest, marginOf, type Goal } from './goal.ts';
import { evaluate } from './objective.ts';
import type { Steps } from './steps.ts';

/** The published values. */
const CANDIDATES = 10;
const OVERSHOOT = 0.02;

/** Added to every distance, in pixel units, so that a boundary is crossed and not only reached. */
const BEYOND = 1e-4;

interface DeepFoolOptions {
  readonly norm: Norm;
  /** At most. */
  readonly steps: number;
}

/**
 * Untargeted, the boundaries with the ten likeliest classes of the original picture are candidates; targeted, the boundary between the target
 * and whatever leads.
 */
export async function* deepFool(
  classifier: Classifier,
  goal: Goal,
  original: Float32Array,
  { norm, steps }: DeepFoolOptions,
): Steps {
  const x = original.slice();
  const offset = new Float64Array(x.length);
  const nearest = new Float32Array(x.length);
  const rivals = likeliest(await classifier.scores(x), CANDIDATES).filter((label) => label !== goal.label);
  let scores = await classifier.scores(x);
  let flat = 0;
  for (let step = 1; step <= steps && marginOf(scores, goal) <= 0; step++) {
    yield { step, of: steps, picture: x, ...evaluate(scores, goal) };
    let closest = Infinity;
    let size = 0;
    for (const [from, to] of boundaries(scores, goal, rivals)) {
      const { gradient } = await classifier.differentiate(x, {
        kind: 'linear',
        weights: difference(scores, to, from),
      });
      const steepness = norm === 'l2' ? length2(gradient) : length1(gradient);
      const gap = (scores[from] ?? 0) - (scores[to] ?? 0);
      const distance = gap / steepness;
      if (!(steepness > 0) || !(distance < closest)) continue;
      closest = distance;
      size = norm === 'l2' ? (distance + BEYOND) / steepness : distance + BEYOND;
      nearest.set(gradient);
    }
    if (closest === Infinity) {
      flat++;
      break;
    }
    for (let i = 0; i < x.length; i++) {
      const g = nearest[i] ?? 0;
      offset[i] = (offset[i] ?? 0) + size * (norm === 'l2' ? g : Math.sign(g));
      x[i] = Math.min(Math.max((original[i] ?? 0) + (1 + OVERSHOOT) * (offset[i] ?? 0), 0), 1);
    }
    scores = await classifier.scores(x);
  }
  return { picture: x, margin: marginOf(scores, goal), flat };
}

/** Pairs of classes whose boundary may be crossed. */
function boundaries(
  scores: Float32Array,
  { kind, label }: Goal,
  rivals: readonly number[],
): (readonly [from: number, to: number])[] {
  return kind === 'targeted'
    ? [[argmax(scores, label), label]]
    : rivals.map((rival) => [label, rival] as const);
}

/** Weights of z_to − z_from. */
function difference(scores: Float32Array, to: number, from: number): Float32Array {
  const weights = new Float32Array(scores.length);
  weights[to] = 1;
  weights[from] = -1;
  return weights;
}

function length1(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i] ?? 0);
  return sum;
}
