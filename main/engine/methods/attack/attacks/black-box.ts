/** Attacks on a black box: what is sent to it is of whole levels, so nothing is left to round or to repair. */
import type { SurrogateReport } from '../../../../../shared/methods/attack.ts';
import type { AttackSettings } from '../../../../../shared/recipes/attack.ts';
import { BlackBox } from '../../../attack/black-box/black-box.ts';
import type { BlackBoxOptions } from '../../../attack/black-box/budget.ts';
import { nes } from '../../../attack/black-box/nes.ts';
import { rays } from '../../../attack/black-box/rays.ts';
import { FIRST_SHARE, square } from '../../../attack/black-box/square.ts';
import { marginOf } from '../../../attack/goal.ts';
import { fromLevels, levelsIn, normsOf, toLevels, type Levels } from '../../../attack/lattice.ts';
import { mapSteps, type Found, type Steps } from '../../../attack/steps.ts';
import { epsilonOf, normOf } from '../plan.ts';
import { PLAIN, type AttackRun, type AttackTask } from './attack-run.ts';

interface BlackBoxFound extends Pick<Found, 'picture' | 'flat'> {
  /** How often the network was asked. */
  readonly queries: number;
  readonly substitute?: SurrogateReport;
}

/** An attack with its answers judged: `find` gives a picture of whole levels. */
export const blackBoxAttack = (
  find: (task: AttackTask, options: BlackBoxOptions) => Steps<BlackBoxFound>,
): AttackRun =>
  async function* (task) {
    const { networks, original, settings } = task;
    const [{ classifier, goal }] = networks;
    const epsilon = epsilonOf(settings);
    const options = searchOptions(task, epsilon, settings.queries);
    const { picture, flat, queries, substitute } = yield* find(task, options);
    const levels = toLevels(picture);
    const { l2, linf } = normsOf(levels, original);
    // This look belongs to the judgement of the result, not to the attack, so it is no query.
    const margin = marginOf(await classifier.scores(fromLevels(levels)), goal);
    return {
      ...PLAIN,
      levels,
      margin,
      unrounded: { margin, l2, linf },
      repairs: 0,
      epsilon,
      flat,
      queries,
      substitute: substitute ?? null,
    };
  };

/** What a search by answers is about. @param queries the most */
export function searchOptions(
  { networks: [{ classifier, goal }], size, settings }: AttackTask,
  epsilon: number,
  queries: number,
): BlackBoxOptions {
  const { view } = classifier;
  const window = view.origin({ x: 0, y: 0, ...view.shape });
  return { goal, width: size.width, window, reach: levelsIn(epsilon), queries, seed: settings.seed };
}

/** An attack that asks the network itself, of whole pictures. */
const asking = (
  search: (
    box: BlackBox,
    original: Levels,
    options: BlackBoxOptions,
    settings: AttackSettings,
  ) => Steps<Pick<Found, 'picture' | 'flat'>>,
): AttackRun =>
  blackBoxAttack(async function* ({ networks: [{ classifier }], original, settings }, options) {
    const box = new BlackBox(classifier);
    const found = yield* search(box, original, options, settings);
    return { ...found, queries: box.queries };
  });

export const squareAttack = asking((box, original, options, settings) => {
  const norm = normOf(settings);
  return square(box, original, options, { norm, epsilon: epsilonOf(settings), share: FIRST_SHARE[norm] });
});

export const nesAttack = asking(nes);

/** Its loss is the distance of the boundary, in grey levels. */
export const raysAttack = asking(async function* (box, original, options) {
  const { picture } = yield* mapSteps(rays(box, original, options), ({ distance, ...step }) => {
    const loss = Math.min(distance, 255);
    return { ...step, loss, probability: null, margin: options.reach - loss };
  });
  return { picture, flat: 0 };
});
