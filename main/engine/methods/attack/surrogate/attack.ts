/**
 * The attack through a substitute (Papernot et al. 2017): another network is trained on a sealed one's labels, and what is
 * found against it is carried over. Where that does not fool the sealed network, its direction is where a search by labels
 * begins. Nothing but labels is ever told.
 */
import { ReverieError } from '../../../../../shared/errors.ts';
import { aimAt } from '../../../attack/aim.ts';
import type { BlackBoxOptions } from '../../../attack/black-box/budget.ts';
import { rays } from '../../../attack/black-box/rays.ts';
import { climb, type ClimbOptions, type Found, type Iteration } from '../../../attack/climb.ts';
import { parseTransforms } from '../../../attack/eot/distribution.ts';
import { expectedAim } from '../../../attack/eot/expectation.ts';
import { fromLevels, onLattice } from '../../../attack/lattice.ts';
import { mapSteps } from '../../../attack/steps.ts';
import { FIRST_QUERIES, ROUNDS, itself, school, type SchoolTask, type Schooling } from './training.ts';
import type { Substitute } from './surrogate.ts';

/**
 * Input diversity (Xie et al. 2019): each gradient is taken through one random resizing and shift, so that what is found
 * depends less on the network that it was found with.
 */
const DIVERSITY = 'scale:0.15 translation:0.1';

type Standing = Pick<Iteration, 'loss' | 'probability' | 'margin'>;

export interface Substituted extends Found, Schooling {
  /** Whether what was found against the substitute fooled the sealed network, before any search. */
  readonly carried: boolean;
}

/** What the attack is told. */
export interface SubstituteTask extends SchoolTask {
  /** Of the climb against the substitute. */
  readonly options: ClimbOptions;
  /** Of the search by labels. */
  readonly search: BlackBoxOptions;
}

/** @throws ReverieError `usage/option` for too few queries */
export async function* attackThrough(
  pupil: Substitute,
  task: SubstituteTask,
): AsyncGenerator<Iteration, Substituted, undefined> {
  if (task.queries <= FIRST_QUERIES) {
    throw new ReverieError(
      'usage/option',
      `A substitute needs --queries of at least ${FIRST_QUERIES + 1} to begin with, not ${task.queries}.`,
    );
  }
  const schooling = yield* school(task, pupil);
  const carried = yield* carry(task, pupil);
  const { goal, original, victim, eye } = task;
  const done = { ...schooling, margin: 0, flat: 0 };
  // Turning single blocks round does not lead to one class among many.
  if (carried.fooled || goal.kind === 'targeted')
    return { ...done, picture: carried.picture, carried: carried.fooled };
  const start = fromLevels(original);
  const direction = carried.picture.map((value, i) => value - (start[i] ?? 0));
  const search = rays(victim, original, task.search, (picture) => eye.see(picture), direction);
  const aim = aimAt(pupil.through(eye), goal);
  let { standing } = carried;
  let distance = Infinity;
  const { reached, picture } = yield* mapSteps(search, async ({ step, of, ...found }) => {
    if (found.distance < distance) standing = await aim.standing(found.picture);
    distance = found.distance;
    return { step: ROUNDS + 1 + task.options.steps + step, of, picture: found.picture, ...standing };
  });
  return { ...done, picture: reached ? picture : carried.picture, carried: false };
}

/** Climbs against the substitute, and shows the victim every step until it is fooled. */
async function* carry(
  { victim, eye, goal, original, options, seed, queries }: SubstituteTask,
  pupil: Substitute,
): AsyncGenerator<
  Iteration,
  { readonly picture: Float32Array; readonly standing: Standing; readonly fooled: boolean },
  undefined
> {
  const diverse = { ranges: parseTransforms(DIVERSITY), samples: 1, seed };
  // A substitute that is quite sure has no cross-entropy left to climb; the margin still has a slope.
  const aim = expectedAim(eye, pupil.through(itself(eye.side)), goal, diverse, 'margin');
  const start = fromLevels(original);
  const reached = async (picture: Float32Array): Promise<boolean> => {
    const label = await victim.label(eye.see(picture));
    return (label === goal.label) === (goal.kind === 'targeted');
  };
  let last: { picture: Float32Array; standing: Standing } = {
    picture: start,
    standing: { loss: 0, probability: null, margin: 0 },
  };
  const steps = climb(aim, start, options);
  for (let next = await steps.next(); next.done !== true; next = await steps.next()) {
    const { step, of, picture: unrounded, ...standing } = next.value;
    const picture = fromLevels(onLattice(unrounded, original, options));
    last = { picture, standing };
    yield { step: ROUNDS + 1 + step, of: ROUNDS + 1 + of, picture, ...standing };
    if (step > 1 && victim.queries < queries && (await reached(picture))) return { ...last, fooled: true };
  }
  return { ...last, fooled: false };
}
