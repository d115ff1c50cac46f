/** Attacks on a victim that only answers: what is sent to it is of whole levels, so nothing is left to round or to repair. */
import type { SubstituteShare } from '../../../../../shared/contract/attack.ts';
import { ReverieError } from '../../../../../shared/errors.ts';
import type { AttackSettings } from '../../../../../shared/recipes/attack.ts';
import type { BlackBoxOptions } from '../../../attack/black-box/budget.ts';
import { nes } from '../../../attack/black-box/nes.ts';
import { rays } from '../../../attack/black-box/rays.ts';
import { Sealed } from '../../../attack/black-box/sealed.ts';
import { square } from '../../../attack/black-box/square.ts';
import type { Found, Iteration } from '../../../attack/climb.ts';
import { marginOf } from '../../../attack/goal.ts';
import { fromLevels, levelsIn, normsOf, toLevels, type Levels } from '../../../attack/lattice.ts';
import { mapSteps } from '../../../attack/steps.ts';
import { Adapted } from './adapted.ts';
import { epsilonOf, normOf, transferOptions, type BlackBoxMethod } from '../plan.ts';
import { attackThrough } from './attack.ts';
import type { Attacked, Opponent } from '../attack.ts';
import type { Size } from '../../dream/octaves.ts';
import { Student } from './student.ts';
import type { Workbench } from '../../common/workbench.ts';

type Steps<Result> = AsyncGenerator<Iteration, Result, undefined>;

/**
 * @param size of the picture, in pixels
 * @param standIn which network stands in for the victim; null for the small one
 * @throws ReverieError `usage/option` for several networks, a search for ε, or a target of `rays`
 */
export async function* attackSealed(
  opponents: readonly Opponent[],
  original: Levels,
  settings: AttackSettings,
  method: BlackBoxMethod,
  { width }: Size,
  standIn: Workbench | null,
): Steps<Attacked> {
  const [only] = opponents;
  if (only === undefined || opponents.length > 1 || settings.minimal) {
    throw new ReverieError(
      'usage/option',
      `The method ${method} takes one network and one ε, no --ensemble and no --minimal.`,
    );
  }
  const { oracle, goal } = only;
  if (method === 'rays' && goal.kind === 'targeted') {
    throw new ReverieError(
      'usage/option',
      'The method rays only leads away from what is seen, so it takes no --target; square and nes do.',
    );
  }
  normOf(settings);
  const epsilon = epsilonOf(settings);
  const { view } = oracle;
  const options: BlackBoxOptions = {
    goal,
    width,
    window: view.origin({ x: 0, y: 0, width: view.side, height: view.side }),
    reach: levelsIn(epsilon),
    queries: settings.queries,
    seed: settings.seed,
  };
  const victim = new Sealed(method === 'substitute' ? oracle.close : oracle);
  let substitute: SubstituteShare | null = null;
  let found: Pick<Found, 'picture' | 'flat'>;
  if (method === 'substitute')
    ({ found, substitute } = yield* through(only, victim, original, settings, options, standIn));
  else if (method === 'rays') found = yield* alongRays(victim, original, options);
  else found = yield* (method === 'square' ? square : nes)(victim, original, options);
  const levels = toLevels(found.picture);
  const { l2, linf } = normsOf(levels, original);
  // Of what is claimed, not of what was attacked: this look is the judge's, and no query.
  const margin = marginOf(await oracle.scores(fromLevels(levels)), goal);
  return {
    levels,
    margin,
    unrounded: { margin, l2, linf },
    repairs: 0,
    epsilon,
    flat: found.flat,
    queries: victim.queries,
    substitute,
    patch: null,
  };
}

/** What is climbed down is the distance of the boundary, in grey levels. */
async function* alongRays(
  victim: Sealed,
  original: Levels,
  options: BlackBoxOptions,
): Steps<Pick<Found, 'picture' | 'flat'>> {
  const { picture } = yield* mapSteps(rays(victim, original, options), ({ distance, ...step }) => {
    const loss = Math.min(distance, 255);
    return { ...step, loss, probability: null, margin: options.reach - loss };
  });
  return { picture, flat: 0 };
}

async function* through(
  { bench, oracle, goal }: Opponent,
  victim: Sealed,
  original: Levels,
  settings: AttackSettings,
  search: BlackBoxOptions,
  standIn: Workbench | null,
): Steps<{ found: Found; substitute: SubstituteShare }> {
  const { classes, eye } = oracle;
  const { seed, queries } = settings;
  const pupil =
    standIn === null
      ? await Student.create(bench, classes, seed)
      : await Adapted.create(standIn, { model: bench.model, classes });
  try {
    const task = { victim, classes, eye, goal, original, seed, queries };
    const found = yield* attackThrough(pupil, { ...task, options: transferOptions(settings), search });
    const { agreement, chosen, carried } = found;
    const network = standIn?.model.name ?? null;
    return { found, substitute: { network, trained: pupil.weights.count, agreement, chosen, carried } };
  } finally {
    await pupil.release();
  }
}
