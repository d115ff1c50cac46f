/**
 * The standard version of AutoAttack (Croce & Hein 2020b): four attacks in turn, with the published numbers of steps, until one of them
 * succeeds. A success is one of the rounded picture, since files are what is judged.
 */
import { standardParts, type StandardPart } from '../../../../../shared/attacks/registry.ts';
import { distanceIn, type Ball } from '../../../attack/ball.ts';
import { BlackBox } from '../../../attack/black-box/black-box.ts';
import { square } from '../../../attack/black-box/square.ts';
import { fab } from '../../../attack/fab.ts';
import { fromLevels, onLattice } from '../../../attack/lattice.ts';
import type { Steps } from '../../../attack/steps.ts';
import { epsilonOf, normOf } from '../plan.ts';
import { roundedOutcome } from '../rounding.ts';
import { jointObjective, type AttackOutcome, type AttackRun, type AttackTask } from './attack-run.ts';
import { autoPgdTowards, climb, rivals } from './auto-pgd.ts';
import { searchOptions } from './black-box.ts';

/** Of each gradient attack, towards each of its classes. */
const EFFORT = { steps: standardParts['apgd-ce'], restarts: 1 };

/** The share of the picture that the first squares cover, in both norms. */
const FIRST_SHARE = 0.8;

/** Queries over which they would shrink to the end: the published suite leaves half of them out and does not hurry. */
const SCHEDULE = 10_000;

/** By how much a distance may exceed ε and count as ε. */
const SLACK = 1e-6;

const parts: Readonly<Record<StandardPart, (task: AttackTask, ball: Ball) => Steps>> = {
  'apgd-ce': (task, ball) => climb(task, ball, jointObjective(task, 'cross-entropy'), EFFORT),
  'apgd-t': (task, ball) => autoPgdTowards(task, ball, EFFORT),
  async *'fab-t'(task, { norm }) {
    const [{ classifier, goal }] = task.networks;
    const { steps } = EFFORT;
    return yield* fab(classifier, goal, await rivals(task), fromLevels(task.original), { norm, steps });
  },
  square: (task, { norm, epsilon }) =>
    square(
      new BlackBox(task.networks[0].classifier),
      task.original,
      searchOptions(task, epsilon, standardParts.square),
      { norm, epsilon, share: FIRST_SHARE, schedule: SCHEDULE },
    ),
};

/** One attack of the suite. */
export const standardPart =
  (name: StandardPart): AttackRun =>
  (task) => {
    const ball = { norm: normOf(task.settings), epsilon: epsilonOf(task.settings) };
    return untilBroken(parts[name](task, ball), task, ball);
  };

export const standardAttack: AttackRun = async function* (task) {
  let best: AttackOutcome | undefined;
  let flat = 0;
  for (const name of Object.keys(parts) as StandardPart[]) {
    const attacked: AttackOutcome = yield* standardPart(name)(task);
    flat += attacked.flat;
    if (attacked.margin > 0) return { ...attacked, flat, brokenBy: name };
    if (best === undefined || attacked.margin > best.margin) best = attacked;
  }
  if (best === undefined) throw new Error('There is nothing to attempt.');
  return { ...best, flat };
};

/** An attack up to the first of its pictures that succeeds within the ball when it is rounded. */
async function* untilBroken(steps: Steps, task: AttackTask, ball: Ball): Steps<AttackOutcome> {
  const { original } = task;
  const start = fromLevels(original);
  const objective = jointObjective(task, 'margin');
  const within = (picture: Float32Array): boolean =>
    distanceIn(ball.norm, picture, start) <= ball.epsilon * (1 + SLACK) + SLACK;
  try {
    for (;;) {
      const next = await steps.next();
      if (next.done === true) {
        const { picture, margin, flat } = next.value;
        // A change that is too large is no success, so what is cut off it is not won back.
        const reached = within(picture) ? margin : Math.min(margin, 0);
        return await roundedOutcome(task, ball, { picture, margin: reached, flat });
      }
      yield next.value;
      const { picture, margin } = next.value;
      if (margin <= 0 || !within(picture)) continue;
      const rounded = fromLevels(onLattice(picture, original, ball));
      if ((await objective.evaluate(rounded)).margin > 0)
        return await roundedOutcome(task, ball, { picture, margin, flat: 0 });
    }
  } finally {
    await steps.return(undefined as never);
  }
}
