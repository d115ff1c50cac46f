/** From a picture without rounding to one of whole grey levels that still reaches the goal, where that is possible. */
import { distance2, largestChange, type Ball } from '../../attack/ball.ts';
import { fromLevels, onLattice } from '../../attack/lattice.ts';
import { repair, type Repaired } from '../../attack/repair.ts';
import type { Objective } from '../../attack/objective.ts';
import type { Found } from '../../attack/steps.ts';
import type { Levels } from '../../attack/lattice.ts';
import { PLAIN, jointObjective, type AttackOutcome, type AttackTask } from './attacks/attack-run.ts';

/** How much of a change is taken when rounding took its success and single levels did not win it back. */
const AMPLIFIED = [1.1, 1.25, 1.5, 2];

/** @param ball that the result stays in; null without a bound */
export async function roundedOutcome(
  task: AttackTask,
  ball: Ball | null,
  { picture, margin, flat }: Found,
): Promise<AttackOutcome> {
  const { original } = task;
  const objective = jointObjective(task, 'margin');
  const start = fromLevels(original);
  let found = await rounded(objective, picture, original, ball, margin > 0);
  // Without a bound there is room: a little more of the same change survives rounding.
  for (const factor of ball === null && margin > 0 ? AMPLIFIED : []) {
    if (found.margin > 0) break;
    const further = picture.map((value, i) => (start[i] ?? 0) + factor * (value - (start[i] ?? 0)));
    found = await rounded(objective, further, original, ball, true);
  }
  return {
    ...PLAIN,
    levels: found.levels,
    margin: found.margin,
    unrounded: { margin, l2: 255 * distance2(picture, start), linf: 255 * largestChange(picture, start) },
    repairs: found.rounds,
    epsilon: ball?.epsilon ?? null,
    flat,
  };
}

/** Repairs only what succeeded before it was rounded: single levels do not win what was never there. */
async function rounded(
  objective: Objective,
  picture: Float32Array,
  original: Levels,
  ball: Ball | null,
  succeeded: boolean,
): Promise<Pick<Repaired, 'levels' | 'margin' | 'rounds'>> {
  const levels = onLattice(picture, original, ball);
  if (succeeded) return repair(objective, levels, original, ball);
  return { levels, margin: (await objective.evaluate(fromLevels(levels))).margin, rounds: 0 };
}
