/**
 * Projected gradient steps inside a ball, one loop for a family of attacks: FGSM is a single step, BIM several, PGD begins at a
 * random point, and MI-FGSM adds up its gradients. The best picture met is kept, whichever step it was.
 */
import { random } from '../ascent/random.ts';
import { ascend, randomPoint, type Ball } from './ball.ts';
import type { Objective } from './objective.ts';
import type { Steps } from './steps.ts';

export interface ProjectedGradientOptions extends Ball {
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

export async function* projectedGradient(
  objective: Objective,
  original: Float32Array,
  options: ProjectedGradientOptions,
): Steps {
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
      const { gradient, ...evaluation } = await objective.differentiate(x);
      consider(x, evaluation.margin);
      if (randomStart && i === 1) resetUnseen(x, gradient, original);
      yield { step: run * steps + i, of: runs * steps, picture: x, ...evaluation };
      const direction = sum === undefined ? gradient : accumulate(sum, gradient, decay ?? 0);
      if (!ascend(x, direction, stepSize, original, options)) flat++;
    }
    consider(x, (await objective.evaluate(x)).margin);
  }
  return { ...best, flat };
}

/** Undoes the random start in samples that the network does not see, such as outside its crop; in place. */
export function resetUnseen(x: Float32Array, gradient: Float32Array, original: Float32Array): void {
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
