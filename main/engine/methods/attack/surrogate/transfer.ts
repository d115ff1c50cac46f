/**
 * The attack through a surrogate (Papernot et al. 2017): it is trained on a black box's labels, and what is found against it is
 * transferred. Where that does not fool the black box, its direction is where a search by labels begins. Labels are all that is
 * asked for.
 */
import { ReverieError } from '../../../../../shared/errors.ts';
import type { BlackBoxOptions } from '../../../attack/black-box/budget.ts';
import { rays } from '../../../attack/black-box/rays.ts';
import { parseTransforms } from '../../../attack/eot/distribution.ts';
import { expectedObjective } from '../../../attack/eot/expectation.ts';
import { fromLevels, onLattice } from '../../../attack/lattice.ts';
import { objectiveOf } from '../../../attack/objective.ts';
import { projectedGradient, type ProjectedGradientOptions } from '../../../attack/projected-gradient.ts';
import { mapSteps, type Found, type Iteration, type Steps } from '../../../attack/steps.ts';
import type { Surrogate } from './surrogate.ts';
import {
  INITIAL_QUERIES,
  ROUNDS,
  identity,
  trainSurrogate,
  type SurrogateTask,
  type TrainingResult,
} from './training.ts';

/**
 * Input diversity (Xie et al. 2019): each gradient is taken through one random resizing and shift, so that what is found depends
 * less on the network that it was found with.
 */
const DIVERSITY = 'scale:0.15 translation:0.1';

type Evaluated = Pick<Iteration, 'loss' | 'probability' | 'margin'>;

interface TransferResult extends Pick<Found, 'picture' | 'flat'>, TrainingResult {
  /** Whether what was found against the surrogate fooled the black box, before any search. */
  readonly carried: boolean;
}

interface TransferTask extends SurrogateTask {
  /** Of the steps against the surrogate. */
  readonly options: ProjectedGradientOptions;
  /** Of the search by labels. */
  readonly search: BlackBoxOptions;
}

/** @throws ReverieError `usage/option` for too few queries */
export async function* transferAttack(surrogate: Surrogate, task: TransferTask): Steps<TransferResult> {
  const { box, goal, original, preprocessing, queries } = task;
  if (queries <= INITIAL_QUERIES) {
    throw new ReverieError(
      'usage/option',
      `A surrogate needs --queries of at least ${INITIAL_QUERIES + 1} to begin with, not ${queries}.`,
    );
  }
  const training = yield* trainSurrogate(task, surrogate);
  const transferred = yield* transfer(surrogate, task);
  const done = { ...training, flat: 0 };
  // Flipping single blocks does not lead to one class among many.
  if (transferred.fooled || goal.kind === 'targeted')
    return { ...done, picture: transferred.picture, carried: transferred.fooled };
  const start = fromLevels(original);
  const direction = transferred.picture.map((value, i) => value - (start[i] ?? 0));
  const search = rays(box, original, task.search, (picture) => preprocessing.apply(picture), direction);
  const objective = objectiveOf(surrogate.behind(preprocessing), goal);
  let evaluated: Evaluated = transferred.evaluated;
  let nearest = Infinity;
  const { reached, picture } = yield* mapSteps(search, async ({ step, of, distance, picture: found }) => {
    if (distance < nearest) evaluated = await objective.evaluate(found);
    nearest = distance;
    return { step: ROUNDS + 1 + task.options.steps + step, of, picture: found, ...evaluated };
  });
  return { ...done, picture: reached ? picture : transferred.picture, carried: false };
}

interface Transferred {
  readonly picture: Float32Array;
  /** By the surrogate. */
  readonly evaluated: Evaluated;
  /** Whether the black box is fooled by it. */
  readonly fooled: boolean;
}

/** Projected gradient steps against the surrogate; every step is shown to the black box until that is fooled. */
async function* transfer(
  surrogate: Surrogate,
  { box, preprocessing, goal, original, options, seed, queries }: TransferTask,
): Steps<Transferred> {
  const diverse = { ranges: parseTransforms(DIVERSITY), samples: 1, seed };
  const onSeen = surrogate.behind(identity(preprocessing.shape));
  // The cross-entropy of a surrogate that is quite sure is flat; the margin is not.
  const objective = expectedObjective(preprocessing, onSeen, goal, diverse, 'margin');
  const start = fromLevels(original);
  const fools = async (picture: Float32Array): Promise<boolean> => {
    const label = await box.label(preprocessing.apply(picture));
    return (label === goal.label) === (goal.kind === 'targeted');
  };
  let last: Omit<Transferred, 'fooled'> = {
    picture: start,
    evaluated: { loss: 0, probability: null, margin: 0 },
  };
  for await (const { step, of, picture: unrounded, ...evaluated } of projectedGradient(
    objective,
    start,
    options,
  )) {
    const picture = fromLevels(onLattice(unrounded, original, options));
    last = { picture, evaluated };
    yield { step: ROUNDS + 1 + step, of: ROUNDS + 1 + of, picture, ...evaluated };
    if (step > 1 && box.queries < queries && (await fools(picture))) return { ...last, fooled: true };
  }
  return { ...last, fooled: false };
}
