/**
 * Success that rounding destroyed is won back on the lattice itself: by single grey levels, those first that gain most for
 * what they add to the L2 norm, and never out of the ball.
 */
import type { Objective, Evaluation } from './objective.ts';
import type { Ball } from './ball.ts';
import { fromLevels, levelsIn, squares, type Levels } from './lattice.ts';

/** Lead in logits that a repaired picture should have, so that another machine's rounding does not turn it. */
export const SAFE_MARGIN = 0.1;

const ROUNDS = 16;

/** More than the linear forecast asks for, because the network is not linear; less is taken where that led nowhere. */
const GENEROSITY = 1.25;

export interface Repaired extends Evaluation {
  readonly levels: Levels;
  /** Rounds of gradient and change; 0 when nothing had to be done. */
  readonly rounds: number;
}

/**
 * The picture with the largest margin that was met, at once when it is {@link SAFE_MARGIN}. Each round goes on from the best.
 *
 * @param objective follows the margin, because its gradient says what a level is worth in logits
 */
export async function repair(
  objective: Objective,
  start: Levels,
  original: Levels,
  ball: Ball | null,
): Promise<Repaired> {
  let best = await measure(objective, start);
  let trust = 1;
  for (let rounds = 1; ; rounds++) {
    if (best.margin >= SAFE_MARGIN || rounds > ROUNDS) return { ...best, rounds: rounds - 1 };
    const levels = best.levels.slice();
    const needed = trust * GENEROSITY * (SAFE_MARGIN - best.margin);
    if (!moveLevels(levels, best.gradient, original, ball, needed)) return { ...best, rounds: rounds - 1 };
    const next = await measure(objective, levels);
    if (next.margin > best.margin) best = next;
    else trust /= 3;
  }
}

async function measure(objective: Objective, levels: Levels) {
  const { gradient, ...evaluation } = await objective.differentiate(fromLevels(levels));
  return { ...evaluation, levels, gradient: gradient.slice() };
}

/** Moves samples by one level each until the linear forecast gains `needed`; in place. @returns whether any could move */
function moveLevels(
  levels: Levels,
  gradient: Float32Array,
  original: Levels,
  ball: Ball | null,
  needed: number,
): boolean {
  const reach = ball?.norm === 'linf' ? levelsIn(ball.epsilon) : 255;
  const budget =
    ball?.norm === 'l2' ? (255 * ball.epsilon) ** 2 + 1e-6 - squares(levels, original) : Infinity;
  const n = levels.length;
  const worth = new Float64Array(n);
  const costs = new Int16Array(n);
  let most = 0;
  for (let i = 0; i < n; i++) {
    const g = gradient[i] ?? 0;
    const d = (levels[i] ?? 0) - (original[i] ?? 0);
    const step = g > 0 ? 1 : g < 0 ? -1 : 0;
    const to = (levels[i] ?? 0) + step;
    if (step === 0 || to < 0 || to > 255 || Math.abs(d + step) > reach) continue;
    const cost = 2 * d * step + 1;
    costs[i] = cost;
    // A level back towards the original costs less than nothing.
    worth[i] = Math.abs(g) / Math.max(cost, 0.5);
    most = Math.max(most, worth[i] ?? 0);
  }
  if (most === 0) return false;
  const affordable = threshold(most, (value) => {
    const { gain, cost } = totals(worth, costs, gradient, value);
    return gain / 255 >= needed || cost > budget;
  });
  let spent = 0;
  let moved = false;
  for (let i = 0; i < n; i++) {
    if ((worth[i] ?? 0) <= affordable) continue;
    const cost = costs[i] ?? 0;
    if (spent + cost > budget) continue;
    spent += cost;
    levels[i] = (levels[i] ?? 0) + ((gradient[i] ?? 0) > 0 ? 1 : -1);
    moved = true;
  }
  return moved;
}

/** The largest value, by bisection from `most` down to 0, above which the samples are enough. */
function threshold(most: number, enough: (value: number) => boolean): number {
  let [low, high] = [0, most];
  for (let i = 0; i < 24; i++) {
    const middle = (low + high) / 2;
    if (enough(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function totals(
  worth: Float64Array,
  costs: Int16Array,
  gradient: Float32Array,
  above: number,
): { gain: number; cost: number } {
  let gain = 0;
  let cost = 0;
  for (let i = 0; i < worth.length; i++) {
    if ((worth[i] ?? 0) <= above) continue;
    gain += Math.abs(gradient[i] ?? 0);
    cost += costs[i] ?? 0;
  }
  return { gain, cost };
}
