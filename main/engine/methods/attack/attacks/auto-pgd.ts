/** Auto-PGD on each of its losses. */
import { TARGETS } from '../../../../../shared/attacks/registry.ts';
import { autoPgd } from '../../../attack/auto-pgd.ts';
import type { Ball } from '../../../attack/ball.ts';
import { dlrObjective } from '../../../attack/dlr.ts';
import { likeliest } from '../../../attack/goal.ts';
import { fromLevels } from '../../../attack/lattice.ts';
import { ensembleOf, type Objective } from '../../../attack/objective.ts';
import { inTurn, type Steps } from '../../../attack/steps.ts';
import { stepsOf } from '../plan.ts';
import { jointObjective, type AttackTask } from './attack-run.ts';
import { withinBall } from './within-epsilon.ts';

export const autoPgdAttack = withinBall(async function* (task, ball) {
  const { networks, settings } = task;
  const { loss, restarts } = settings;
  const options = { steps: stepsOf(settings), restarts };
  if (loss === 'targeted') return yield* autoPgdTowards(task, ball, options);
  const objective =
    loss === 'dlr'
      ? ensembleOf(networks.map(({ classifier, goal }) => dlrObjective(classifier, goal)))
      : jointObjective(task, 'cross-entropy');
  return yield* climb(task, ball, objective, options);
});

/** What Auto-PGD takes besides a picture, a ball and a loss. */
interface Effort {
  readonly steps: number;
  readonly restarts: number;
}

/** @param stream as of Auto-PGD */
export function climb(task: AttackTask, ball: Ball, objective: Objective, effort: Effort, stream = 0): Steps {
  const uphill = task.networks[0].goal.kind === 'untargeted' ? 1 : -1;
  const { seed } = task.settings;
  return autoPgd(objective, fromLevels(task.original), { ...ball, ...effort, uphill, seed, stream });
}

/** On the ratio towards each of the likeliest other classes in turn (APGD-T), until what is seen is any of them. */
export async function* autoPgdTowards(task: AttackTask, ball: Ball, effort: Effort): Steps {
  const [{ classifier, goal }] = task.networks;
  const others = await rivals(task);
  return yield* inTurn(
    others.map((other, i) => () => climb(task, ball, dlrObjective(classifier, goal, other), effort, 1 + i)),
  );
}

/** The likeliest classes of the picture but the one to be left, likeliest first. */
export async function rivals({ networks, original }: AttackTask): Promise<readonly number[]> {
  const [{ classifier, goal }] = networks;
  const scores = await classifier.scores(fromLevels(original));
  return likeliest(scores, TARGETS + 1)
    .filter((label) => label !== goal.label)
    .slice(0, TARGETS);
}
