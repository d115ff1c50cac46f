/**
 * The attacks inside a ball, one loop: FGSM is a single step, BIM several, PGD begins at a random point, and MI-FGSM adds up
 * its gradients. The best picture met is kept, whichever step it was.
 */
import { random } from '../ascent/random.ts';
import type { Aim, Standing } from './aim.ts';
import { ascend, randomPoint, type Ball } from './ball.ts';

export interface ClimbOptions extends Ball {
  /** Of a step, in pixel units. */
  readonly stepSize: number;
  readonly steps: number;
  /** How many times it may begin anew at a random point; the first that reaches the goal is the last. */
  readonly restarts: number;
  readonly randomStart: boolean;
  /** Adds a step's gradient, divided by its mean size, to `decay` times the sum so far; null follows the gradient itself. */
  readonly decay: number | null;
  readonly seed: number;
}

/** A point on the way of any attack. */
export interface Iteration extends Omit<Standing, 'probability'> {
  /** Of the class of the loss; null for what is told labels alone. */
  readonly probability: number | null;
  /** Counted from 1, at most up to `of`. */
  readonly step: number;
  readonly of: number;
  /** Where the standing is measured; valid until the next iteration is asked for. */
  readonly picture: Float32Array;
}

/** What an attack without rounding has found. */
export interface Found {
  readonly picture: Float32Array;
  /** Of that picture; positive when the goal is reached. */
  readonly margin: number;
  /** Steps at which the gradient was zero or no number: a sign that the network hides it. */
  readonly flat: number;
}

export async function* climb(
  aim: Aim,
  original: Float32Array,
  options: ClimbOptions,
): AsyncGenerator<Iteration, Found, undefined> {
  const { steps, restarts, randomStart, decay, stepSize, seed } = options;
  const best = { picture: original.slice(), margin: -Infinity };
  const consider = (picture: Float32Array, margin: number): void => {
    if (margin <= best.margin) return;
    best.picture.set(picture);
    best.margin = margin;
  };
  let flat = 0;
  const runs = randomStart ? Math.max(restarts, 1) : 1;
  for (let run = 0; run < runs && best.margin <= 0; run++) {
    const x = randomStart ? randomPoint(original, options, random(seed, run)) : original.slice();
    const sum = decay === null ? undefined : new Float32Array(x.length);
    for (let i = 1; i <= steps; i++) {
      const { gradient, ...standing } = await aim.ascent(x);
      consider(x, standing.margin);
      if (randomStart && i === 1) settle(x, gradient, original);
      yield { step: run * steps + i, of: runs * steps, picture: x, ...standing };
      const direction = sum === undefined ? gradient : accumulate(sum, gradient, decay ?? 0);
      if (!ascend(x, direction, stepSize, original, options)) flat++;
    }
    consider(x, (await aim.standing(x)).margin);
  }
  return { ...best, flat };
}

/** Takes back the random start where the network does not look, such as outside its crop; in place. */
function settle(x: Float32Array, gradient: Float32Array, original: Float32Array): void {
  for (let i = 0; i < x.length; i++) if (gradient[i] === 0) x[i] = original[i] ?? 0;
}

/** sum ← decay·sum + gradient / mean|gradient| (Dong et al. 2018); in place. */
export function accumulate(sum: Float32Array, gradient: Float32Array, decay: number): Float32Array {
  let total = 0;
  for (let i = 0; i < gradient.length; i++) total += Math.abs(gradient[i] ?? 0);
  const factor = total > 0 && total < Infinity ? gradient.length / total : 0;
  for (let i = 0; i < sum.length; i++) sum[i] = decay * (sum[i] ?? 0) + factor * (gradient[i] ?? 0);
  return sum;
}
