/**
 * The difference of logits ratio (Croce & Hein 2020): a margin divided by the spread of the highest scores, so that neither shifting
 * nor scaling the scores changes it, and its gradient does not vanish where the network is sure.
 */
import type { Classifier } from './classifier.ts';
import { argmax, likeliest, type Goal } from './goal.ts';
import { evaluate, type Evaluation, type Objective } from './objective.ts';

/** Added to the spread of the scores, so that equal ones are no division by zero. */
const TINY = 1e-12;

/** A function of scores at a point, with its gradient there: one weight for each score. */
interface Valued {
  readonly value: number;
  readonly weights: Float32Array;
}

/**
 * How far the goal is reached, to be raised. With z_π1 ≥ z_π2 ≥ … the scores in order:
 * - untargeted (max z_i − z_y over i ≠ y) / (z_π1 − z_π3),
 * - untargeted, towards one class (z_t − z_y) / (z_π1 − ½(z_π3 + z_π4)),
 * - targeted (z_t − max z_i over i ≠ t) over the same as before.
 *
 * Of fewer than four classes the spread is left out: of three, pushing the last one away raises the ratio as well as the goal does,
 * and of two the ratio would always be one.
 *
 * @param towards the class that an untargeted goal is to be reached by; null for whichever is nearest
 */
export function dlr(scores: ArrayLike<number>, { kind, label }: Goal, towards: number | null): Valued {
  const rival = argmax(scores, label);
  const [to, from] = kind === 'targeted' ? [label, rival] : [towards ?? rival, label];
  const spread = spreadOf(scores, kind === 'untargeted' && towards === null);
  const over = spread.value + TINY;
  const value = ((scores[to] ?? 0) - (scores[from] ?? 0)) / over;
  const weights = spread.weights.map((weight) => (-value * weight) / over);
  weights[to] = (weights[to] ?? 0) + 1 / over;
  weights[from] = (weights[from] ?? 0) - 1 / over;
  return { value, weights };
}

/** z_π1 − z_π3 (`nearest`), or with the mean of z_π3 and z_π4 in the place of the third; 1 for fewer than four classes. */
function spreadOf(scores: ArrayLike<number>, nearest: boolean): Valued {
  const weights = new Float32Array(scores.length);
  const [first, , third, fourth] = likeliest(scores, 4);
  if (first === undefined || third === undefined || fourth === undefined) return { value: 1, weights };
  weights[first] = 1;
  const low = nearest ? [third] : [third, fourth];
  for (const i of low) weights[i] = -1 / low.length;
  const value = weights.reduce((sum, weight, i) => sum + (weight === 0 ? 0 : weight * (scores[i] ?? 0)), 0);
  return { value, weights };
}

/**
 * The objective of a goal by this loss, which is told as `loss`: untargeted it is raised, targeted its negative is lowered. A
 * gradient costs a further look, because its weights depend on the scores.
 *
 * @param towards as for {@link dlr}
 */
export function dlrObjective(classifier: Classifier, goal: Goal, towards: number | null = null): Objective {
  const sign = goal.kind === 'untargeted' ? 1 : -1;
  const told = (scores: ArrayLike<number>, value: number): Evaluation => ({
    ...evaluate(scores, goal),
    loss: sign * value,
  });
  return {
    async evaluate(picture) {
      const scores = await classifier.scores(picture);
      return told(scores, dlr(scores, goal, towards).value);
    },
    async differentiate(picture) {
      const { value, weights } = dlr(await classifier.scores(picture), goal, towards);
      const { scores, gradient } = await classifier.differentiate(picture, { kind: 'linear', weights });
      return { ...told(scores, value), gradient };
    },
  };
}
