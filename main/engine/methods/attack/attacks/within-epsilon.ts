/** Attacks that stay within ε: the one that was chosen, or the smallest at which they succeed. */
import type { Ball } from '../../../attack/ball.ts';
import { parseTransforms } from '../../../attack/eot/distribution.ts';
import { expectedObjective } from '../../../attack/eot/expectation.ts';
import { fromLevels } from '../../../attack/lattice.ts';
import { EpsilonSearch } from '../../../attack/minimal-epsilon.ts';
import { ensembleOf, type Objective } from '../../../attack/objective.ts';
import { projectedGradient } from '../../../attack/projected-gradient.ts';
import { SAFE_MARGIN } from '../../../attack/repair.ts';
import type { Steps } from '../../../attack/steps.ts';
import { epsilonOf, normOf, stepOptions, type StepStyle } from '../plan.ts';
import { roundedOutcome } from '../rounding.ts';
import { jointObjective, type AttackOutcome, type AttackRun, type AttackTask } from './attack-run.ts';

/** The largest ε that is tried, in pixel units, where none is given. */
const LARGEST = { linf: 1, l2: 100 } as const;

const plainLoss = (task: AttackTask): Objective => jointObjective(task, 'cross-entropy');

/** The mean loss over random transforms (EOT). */
export const expectedLoss = ({ networks, settings }: AttackTask): Objective => {
  const { samples, seed } = settings;
  const over = { ranges: parseTransforms(settings.transforms), samples, seed };
  return ensembleOf(
    networks.map(({ classifier: { preprocessing, preprocessed }, goal }) =>
      expectedObjective(preprocessing, preprocessed, goal, over),
    ),
  );
};

/** An attack that stays in a ball. @param find runs anew for every ε */
export const withinBall = (find: (task: AttackTask, ball: Ball) => Steps): AttackRun =>
  async function* (task) {
    const { settings } = task;
    const within = async function* (epsilon: number): Steps<AttackOutcome> {
      const ball = { norm: normOf(settings), epsilon };
      return roundedOutcome(task, ball, yield* find(task, ball));
    };
    return yield* settings.minimal ? smallest(task, within) : within(epsilonOf(settings));
  };

/** Projected gradient steps. @param lossOf what is optimised */
export const withinEpsilon = (style: StepStyle = {}, lossOf = plainLoss): AttackRun =>
  withinBall((task, { epsilon }) =>
    projectedGradient(lossOf(task), fromLevels(task.original), stepOptions(task.settings, epsilon, style)),
  );

/** The attack at the smallest ε that succeeds; where none does, at the first that was tried. */
async function* smallest(
  { settings }: AttackTask,
  within: (epsilon: number) => Steps<AttackOutcome>,
): Steps<AttackOutcome> {
  const norm = normOf(settings);
  const search = new EpsilonSearch(norm, settings.eps ?? LARGEST[norm]);
  let best: AttackOutcome | undefined;
  for (let epsilon = search.next; epsilon !== null; epsilon = search.next) {
    const attacked: AttackOutcome = yield* within(epsilon);
    const succeeded = attacked.margin >= SAFE_MARGIN;
    if (succeeded || best === undefined || best.margin < SAFE_MARGIN) best = attacked;
    search.tell(succeeded);
  }
  return best ?? (yield* within(0));
}
