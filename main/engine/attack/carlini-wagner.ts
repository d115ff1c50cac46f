/**
 * The L2 attack of Carlini and Wagner (2017): minimises ‖x − x₀‖² + c·max(κ − margin, 0) by Adam over w with
 * x = ½(tanh w + 1), so that no clipping is needed, and searches the smallest c that reaches the goal.
 */
import { Adam } from '../ascent/adam.ts';
import type { Objective } from './objective.ts';
import { distance2 } from './ball.ts';
import type { Steps } from './steps.ts';

interface CarliniWagnerOptions {
  /** κ: the lead in logits that is asked for. */
  readonly confidence: number;
  /** Steps of Adam for each c. */
  readonly steps: number;
  /** How many values of c are tried. */
  readonly searchSteps: number;
}

const RATE = 0.01;

/** The first c; ten times as much after each failure, until one succeeds. The published 0.001 needs more trials than most users can wait for. */
const FIRST_C = 0.1;

/** Keeps samples of exactly 0 and 1 off the ends, where tanh is flat. */
const SHRINK = 0.999999;

/** How often the second half of a trial checks that the objective still falls; it rises first, while Adam warms up. */
const CHECKS = 5;

/** @param objective follows the margin */
export async function* carliniWagner(
  objective: Objective,
  original: Float32Array,
  { confidence, steps, searchSteps }: CarliniWagnerOptions,
): Steps {
  const best = { picture: original.slice(), distance: Infinity, margin: -Infinity };
  let [low, high, c] = [0, Infinity, FIRST_C];
  for (let search = 0; search < searchSteps; search++) {
    const w = Float64Array.from(original, (value) => Math.atanh((2 * value - 1) * SHRINK));
    const adam = new Adam(w.length, RATE);
    const ascent = new Float64Array(w.length);
    const x = new Float32Array(w.length);
    let reached = false;
    let before = Infinity;
    for (let i = 0; i < steps; i++) {
      for (let j = 0; j < x.length; j++) x[j] = (Math.tanh(w[j] ?? 0) + 1) / 2;
      const { gradient, ...evaluation } = await objective.differentiate(x);
      const distance = distance2(x, original);
      yield { step: search * steps + i + 1, of: searchSteps * steps, picture: x, ...evaluation };
      if (evaluation.margin > 0 && evaluation.margin >= confidence) {
        reached = true;
        if (distance < best.distance) {
          best.picture.set(x);
          best.distance = distance;
          best.margin = evaluation.margin;
        }
      }
      const short = Math.max(confidence - evaluation.margin, 0);
      const value = distance ** 2 + c * short;
      if (i >= steps / 2 && (i - Math.ceil(steps / 2)) % Math.max(Math.floor(steps / 2 / CHECKS), 1) === 0) {
        if (value > 0.9999 * before) break;
        before = value;
      }
      ascentOf(ascent, x, original, gradient, short > 0 ? c : 0);
      adam.ascend(w, ascent);
    }
    if (reached) high = c;
    else low = c;
    c = high === Infinity ? 10 * c : (low + high) / 2;
  }
  const margin = best.distance < Infinity ? best.margin : (await objective.evaluate(original)).margin;
  return { picture: best.picture, margin, flat: 0 };
}

/** Minus the gradient of the objective in w; `pull` is c where the margin still falls short, else 0. */
function ascentOf(
  ascent: Float64Array,
  x: Float32Array,
  original: Float32Array,
  gradient: Float32Array,
  pull: number,
): void {
  for (let j = 0; j < ascent.length; j++) {
    const value = x[j] ?? 0;
    const uphill = pull * (gradient[j] ?? 0) - 2 * (value - (original[j] ?? 0));
    // dx/dw = ½(1 − tanh²w) = 2x(1 − x)
    ascent[j] = uphill * 2 * value * (1 - value);
  }
}
