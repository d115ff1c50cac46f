/**
 * One program for every attack: the gradient at the scores z is not fixed when the graph is built but computed in it from
 * two inputs, as a·softmax(t·(z − e·w)) − b·w. Cross-entropy, the hard margin of Carlini and Wagner and any linear function
 * of the scores are three settings of (a, t, e, b), so a step costs one run whatever is optimised.
 */
import { gradients } from '../gradient/backward.ts';
import type { Rules } from '../gradient/rule.ts';
import type { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { float32, type FloatTensor } from '../graph/tensor.ts';
import type { Loss } from './classifier.ts';

/** Input of the program: `w`, of the shape of the scores. */
export const WEIGHTS: Name = '~attack weights';

/** Input of the program: a, t, e, b. */
export const CONTROL: Name = '~attack control';

/** So sharp that softmax(t·z) is the maximum; scores that differ by less than a float's precision share it. */
const HARD = 1e6;

/** Taken from the score of a class that the maximum must leave out. */
const OUT = 1e6;

/**
 * Appends the gradient of a {@link Loss} of the scores.
 *
 * @param scores [1, C] or [1, C, 1, 1]
 * @returns a tensor of the shape of `source`, or null where the scores do not depend on it
 */
export function appendLossGradient(g: Builder, scores: Name, source: Name, rules: Rules): Name | null {
  const w = g.input(WEIGHTS, g.dims(scores));
  const control = g.input(CONTROL, [4]);
  const part = (i: number): Name => g.slice(control, [0], [i], [i + 1]);
  const [a, t, e, b] = [part(0), part(1), part(2), part(3)];
  const kept = g.sub(scores, g.mul(w, e));
  const soft = g.op('Softmax', [g.mul(kept, t)], { axis: 1 });
  const seed = g.sub(g.mul(soft, a), g.mul(w, b));
  const [gradient] = gradients(g, scores, [source], rules, seed);
  return gradient ?? null;
}

/** The two inputs that make the program compute the gradient of `loss`. */
export function feedsFor(loss: Loss, dims: readonly number[]): Record<Name, FloatTensor> {
  if (loss.kind === 'linear') {
    return { [WEIGHTS]: float32(loss.weights, dims), [CONTROL]: float32([0, 1, 0, -1]) };
  }
  const w = float32(new Float32Array(dims.reduce((product, d) => product * d, 1)), dims);
  w.data[loss.label] = 1;
  const [t, e] = loss.kind === 'margin' ? [HARD, OUT] : [1, 0];
  return { [WEIGHTS]: w, [CONTROL]: float32([loss.sign, t, e, loss.sign]) };
}
