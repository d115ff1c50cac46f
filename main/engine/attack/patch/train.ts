/**
 * A patch that works elsewhere, too (Brown et al. 2017): the mean loss is climbed over photos, placements and transforms, drawn
 * anew for every gradient.
 */
import { random } from '../../ascent/random.ts';
import { aimAt, type Aim, type Standing } from '../aim.ts';
import { ascend, type Ball } from '../ball.ts';
import { accumulate } from '../climb.ts';
import type { Goal } from '../goal.ts';
import type { Oracle } from '../oracle.ts';
import { draw } from '../eot/distribution.ts';
import { CLIMBED, type Expectation } from '../eot/expectation.ts';
import { Passage } from '../eot/passage.ts';
import { Pasted, type PatchShape } from './pasted.ts';
import { drawPlacement } from './placement.ts';

/** Streams of placements: of those that are trained on, and of those that judge. */
const PLACED = 0xa0;
export const PLACED_FRESH = 0xb0;

/** A patch may become anything in gamut. */
const GAMUT: Ball = { norm: 'linf', epsilon: 1 };

/** Of the momentum over gradients that are random. */
const DECAY = 0.9;

/** The last step is so much of the first, so that the patch comes to rest. */
const LAST = 0.1;

/** A photo as a network sees it, and what shall be seen in it. */
export interface Scene {
  /** Planes of the network's size. */
  readonly seen: Float32Array;
  readonly goal: Goal;
}

/**
 * The aim of a patch at one network, of which the "picture" is the patch's own planes.
 *
 * @param close how the network sees squares of `side` pixels
 * @param share of that side that the patch takes
 */
export function patchAim(
  scenes: readonly Scene[],
  shape: PatchShape,
  side: number,
  share: number,
  close: Oracle,
  { ranges, samples, seed }: Expectation,
): Aim {
  const passage = new Passage(side);
  const canvas = { width: side, height: side };
  let asked = 0;
  async function over(patch: Float32Array, gradient: Float32Array | null): Promise<Standing> {
    const round = asked++;
    const sum = { loss: 0, probability: 0, margin: 0 };
    for (let sample = 0; sample < samples; sample++) {
      // Every photo has its turn.
      const scene = scenes[(round * samples + sample) % scenes.length];
      if (scene === undefined) throw new Error('There is no photo.');
      const pasted = new Pasted(
        shape,
        drawPlacement(shape, side, share, random(seed, PLACED, round, sample)),
        canvas,
      );
      const passed = await passage.pass(
        pasted.over(patch, scene.seen),
        draw(ranges, side, random(seed, CLIMBED, round, sample)),
      );
      const aim = aimAt(close, scene.goal);
      let standing: Standing;
      if (gradient === null) standing = await aim.standing(passed.picture);
      else {
        const { gradient: slope, ...found } = await aim.ascent(passed.picture);
        standing = found;
        const part = pasted.back(passed.back(slope));
        for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] ?? 0) + (part[i] ?? 0) / samples;
      }
      sum.loss += standing.loss / samples;
      sum.probability += standing.probability / samples;
      sum.margin += standing.margin / samples;
    }
    return sum;
  }
  return {
    standing: (patch) => over(patch, null),
    async ascent(patch) {
      const gradient = new Float32Array(patch.length);
      return { ...(await over(patch, gradient)), gradient };
    },
  };
}

export interface TrainingStep extends Standing {
  /** Counted from 1, up to `of`. */
  readonly step: number;
  readonly of: number;
  /** Where the standing is measured; valid until the next step is asked for. */
  readonly patch: Float32Array;
}

/**
 * The last patch is taken, not the best one met: over so few draws a step, the best is the luckiest.
 *
 * @param stepSize of the first step, in pixel units
 */
export async function* train(
  aim: Aim,
  start: Float32Array,
  { steps, stepSize }: { readonly steps: number; readonly stepSize: number },
): AsyncGenerator<TrainingStep, { patch: Float32Array; flat: number }, undefined> {
  const patch = start.slice();
  const sum = new Float32Array(patch.length);
  let flat = 0;
  for (let step = 1; step <= steps; step++) {
    const { gradient, ...standing } = await aim.ascent(patch);
    yield { step, of: steps, patch, ...standing };
    const size = stepSize * (1 - ((1 - LAST) * (step - 1)) / steps);
    if (!ascend(patch, accumulate(sum, gradient, DECAY), size, start, GAMUT)) flat++;
  }
  return { patch, flat };
}
