/**
 * Auto-PGD (Croce & Hein 2020): projected gradient steps with momentum that need no step size. It begins with 2ε, looks at
 * checkpoints whether the loss still grows, and where it does not, halves the step and goes on from the best point so far.
 */
import { random } from '../ascent/random.ts';
import { ascend, project, randomPoint, type Ball } from './ball.ts';
import type { Objective } from './objective.ts';
import { resetUnseen } from './projected-gradient.ts';
import type { Steps } from './steps.ts';

/** α: how much of a step is new; the rest repeats the step before. */
const FRESH = 0.75;

/** ρ: the share of steps since the last checkpoint that should have raised the loss. */
const RISING = 0.75;

/** Checkpoints in hundredths of all steps: the first, how much nearer each is to the one before, and the least distance. */
const FIRST = 22;
const NEARER = 3;
const LEAST = 6;

export interface AutoPgdOptions extends Ball {
  readonly steps: number;
  /** How many times it may begin anew at a random point; the first that reaches the goal is the last. */
  readonly restarts: number;
  /** Whether the loss is to be raised (1) or lowered (−1). */
  readonly uphill: 1 | -1;
  readonly seed: number;
  /** Tells attacks with the same seed apart, that they begin at different points. */
  readonly stream?: number;
}

/** Numbers of steps after which it is looked whether the step size fits: ⌈p·steps⌉ for p = 0.22, 0.41, 0.57, … below 1. */
export function checkpoints(steps: number): ReadonlySet<number> {
  const found = new Set<number>();
  let distance = FIRST;
  for (let at = FIRST; at < 100; at += distance) {
    found.add(Math.ceil((at * steps) / 100));
    distance = Math.max(distance - NEARER, LEAST);
  }
  return found;
}

/** The picture with the largest margin that was met. A step costs one gradient. */
export async function* autoPgd(
  objective: Objective,
  original: Float32Array,
  { steps, restarts, uphill, seed, stream = 0, ...ball }: AutoPgdOptions,
): Steps {
  const best = { picture: original.slice(), margin: -Infinity };
  const consider = (picture: Float32Array, margin: number): void => {
    if (margin <= best.margin) return;
    best.picture.set(picture);
    best.margin = margin;
  };
  const looks = checkpoints(steps);
  let flat = 0;
  for (let run = 0; run < restarts && best.margin <= 0; run++) {
    const x = randomPoint(original, ball, random(seed, 0xa9, stream, run));
    const before = x.slice();
    const top = { value: -Infinity, picture: x.slice(), gradient: new Float32Array(x.length) };
    const check = new Checkpoint(2 * ball.epsilon);
    for (let k = 0; k < steps; k++) {
      const { gradient, ...evaluation } = await objective.differentiate(x);
      if (k === 0) resetUnseen(x, gradient, original);
      consider(x, evaluation.margin);
      yield { step: run * steps + k + 1, of: restarts * steps, picture: x, ...evaluation };
      const value = uphill * evaluation.loss;
      check.tell(value);
      if (value > top.value || k === 0) {
        top.value = value;
        top.picture.set(x);
        top.gradient.set(gradient);
      }
      const restart = looks.has(k) && check.halves(top.value);
      if (restart) x.set(top.picture);
      const moved = step(x, before, restart ? top.gradient : gradient, {
        size: check.size,
        fresh: k === 0 ? 1 : FRESH,
        original,
        ball,
      });
      if (!moved) flat++;
    }
    consider(x, (await objective.evaluate(x)).margin);
  }
  return { ...best, flat };
}

/** Whether a step size still fits, by how the loss went since the last checkpoint. */
class Checkpoint {
  size: number;
  #last = -Infinity;
  #rises = 0;
  #told = -1;
  #halved = true;
  #top = -Infinity;

  constructor(size: number) {
    this.size = size;
  }

  /** The value that was met, to be raised. */
  tell(value: number): void {
    if (value > this.#last && this.#told >= 0) this.#rises++;
    this.#last = value;
    this.#told++;
  }

  /**
   * Halves the step where too few of the steps raised the value, or where neither the step nor the best value have changed since
   * the last look. @param top the best value so far
   */
  halves(top: number): boolean {
    const fitted = this.#rises >= RISING * this.#told;
    const stuck = !this.#halved && top <= this.#top;
    this.#halved = !fitted || stuck;
    this.#rises = 0;
    this.#told = 0;
    this.#top = top;
    if (!this.#halved) return false;
    this.size /= 2;
    this.#last = top;
    return true;
  }
}

interface Step {
  readonly size: number;
  readonly fresh: number;
  readonly original: Float32Array;
  readonly ball: Ball;
}

/**
 * x ← P(x + α(z − x) + (1 − α)(x − before)) with z = P(x + size·direction), and before ← x; in place.
 *
 * @returns whether the gradient pointed anywhere
 */
function step(
  x: Float32Array,
  before: Float32Array,
  gradient: Float32Array,
  { size, fresh, original, ball }: Step,
): boolean {
  const z = x.slice();
  const moved = ascend(z, gradient, size, original, ball);
  for (let i = 0; i < x.length; i++) {
    const at = x[i] ?? 0;
    x[i] = at + fresh * ((z[i] ?? 0) - at) + (1 - fresh) * (at - (before[i] ?? 0));
    before[i] = at;
  }
  project(x, original, ball);
  return moved;
}
