/**
 * The fast adaptive boundary attack towards single classes (FAB-T; Croce & Hein 2020a): steps onto the boundary with a class as if the
 * network were linear there, drawn towards the original, and back inside once it is crossed. Finds the smallest change it can.
 */
import type { Norm } from '../../../shared/attacks/registry.ts';
import { distanceIn, length2 } from './ball.ts';
import { toPlane } from './box-plane.ts';
import type { Classifier } from './classifier.ts';
import { argmax, type Goal } from './goal.ts';
import { evaluate } from './objective.ts';
import type { Steps } from './steps.ts';

/** The published values: α_max the pull of the original, η the overshoot, β what is kept of a change that succeeded. */
const PULL = 0.1;
const OVERSHOOT = 1.05;
const BACK = 0.9;

interface FabOptions {
  readonly norm: Norm;
  /** Towards each class. */
  readonly steps: number;
}

/**
 * @param rivals the classes whose boundaries are tried in turn, for an untargeted goal; a target has one boundary, with whatever leads
 * @returns the nearest picture that reached the goal, else the one with the largest margin
 */
export async function* fab(
  classifier: Classifier,
  goal: Goal,
  rivals: readonly number[],
  original: Float32Array,
  { norm, steps }: FabOptions,
): Steps {
  const best = { picture: original.slice(), margin: -Infinity, distance: Infinity };
  const turns = goal.kind === 'targeted' ? [goal.label] : rivals;
  let flat = 0;
  for (const [turn, to] of turns.entries()) {
    const x = original.slice();
    let scores: ArrayLike<number> = await classifier.scores(x);
    for (let i = 1; i <= steps; i++) {
      const from = goal.kind === 'targeted' ? argmax(scores, to) : goal.label;
      const weights = new Float32Array(classifier.classes);
      weights[to] = 1;
      weights[from] = -1;
      const { scores: there, gradient } = await classifier.differentiate(x, { kind: 'linear', weights });
      const lead = (there[to] ?? 0) - (there[from] ?? 0);
      if (!onto(x, gradient, lead, original, norm)) {
        flat++;
        break;
      }
      scores = await classifier.scores(x);
      const evaluation = evaluate(scores, goal);
      const distance = evaluation.margin > 0 ? distanceIn(norm, x, original) : Infinity;
      if (distance < best.distance || (best.margin <= 0 && evaluation.margin > best.margin)) {
        best.picture.set(x);
        Object.assign(best, { margin: evaluation.margin, distance });
      }
      yield { step: turn * steps + i, of: turns.length * steps, picture: x, ...evaluation };
      if (evaluation.margin > 0)
        for (let j = 0; j < x.length; j++) {
          const centre = original[j] ?? 0;
          x[j] = centre + BACK * ((x[j] ?? 0) - centre);
        }
    }
  }
  const { picture, margin } = best;
  return {
    picture,
    margin: margin === -Infinity ? evaluate(await classifier.scores(picture), goal).margin : margin,
    flat,
  };
}

/**
 * One step: x and the original are projected onto the boundary as it looks from x, and x goes between the two, a little beyond; in place.
 *
 * @param lead of the class to be reached, at x
 * @returns whether there is a boundary
 */
function onto(
  x: Float32Array,
  gradient: Float32Array,
  lead: number,
  original: Float32Array,
  norm: Norm,
): boolean {
  const steepness = length2(gradient);
  if (!(steepness > 0 && steepness < Infinity)) return false;
  let between = 0;
  for (let i = 0; i < x.length; i++) between += (gradient[i] ?? 0) * ((x[i] ?? 0) - (original[i] ?? 0));
  const near = toPlane(x, gradient, -lead, norm);
  const far = toPlane(original, gradient, between - lead, norm);
  const [here, there] = [Math.max(sizeOf(near, norm), 1e-8), Math.max(sizeOf(far, norm), 1e-8)];
  const pull = Math.min(here / (here + there), PULL);
  for (let i = 0; i < x.length; i++) {
    const moved = (x[i] ?? 0) + OVERSHOOT * (near[i] ?? 0);
    const drawn = (original[i] ?? 0) + OVERSHOOT * (far[i] ?? 0);
    x[i] = Math.min(Math.max((1 - pull) * moved + pull * drawn, 0), 1);
  }
  return true;
}

const sizeOf = (d: Float32Array, norm: Norm): number =>
  norm === 'l2' ? length2(d) : d.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
