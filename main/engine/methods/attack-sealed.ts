/** Attacks on a victim that only answers: what is sent to it is of whole levels, so nothing is left to round or to repair. */
import { ReverieError } from '../../../shared/errors.ts';
import type { AttackSettings } from '../../../shared/recipes/attack.ts';
import { nes } from '../attack/black-box/nes.ts';
import { Sealed } from '../attack/black-box/sealed.ts';
import { square } from '../attack/black-box/square.ts';
import type { Found, Iteration } from '../attack/climb.ts';
import { marginOf } from '../attack/goal.ts';
import { fromLevels, levelsIn, normsOf, toLevels, type Levels } from '../attack/lattice.ts';
import { epsilonOf, normOf, transferOptions, type BlackBoxMethod } from './attack-plan.ts';
import { substitute, type Agreement } from './attack-substitute.ts';
import type { Attacked, Opponent } from './attack.ts';
import type { Size } from './octaves.ts';

/**
 * @param size of the picture, in pixels
 * @throws ReverieError `usage/option` for several networks or a search for ε
 */
export async function* attackSealed(
  opponents: readonly Opponent[],
  original: Levels,
  settings: AttackSettings,
  method: BlackBoxMethod,
  { width }: Size,
): AsyncGenerator<Iteration, Attacked, undefined> {
  const [only] = opponents;
  if (only === undefined || opponents.length > 1 || settings.minimal) {
    throw new ReverieError(
      'usage/option',
      `The method ${method} takes one network and one ε, no --ensemble and no --minimal.`,
    );
  }
  const { oracle, goal, bench } = only;
  normOf(settings);
  const epsilon = epsilonOf(settings);
  let agreement: readonly Agreement[] | null = null;
  let found: Found;
  const victim = new Sealed(method === 'substitute' ? oracle.close : oracle);
  if (method === 'substitute') {
    const substituted = yield* substitute({
      victim,
      classes: oracle.classes,
      eye: oracle.eye,
      goal,
      original,
      options: transferOptions(settings),
      settings,
      runtime: bench.runtime,
    });
    ({ agreement } = substituted);
    found = substituted;
  } else {
    const { view } = oracle;
    found = yield* (method === 'square' ? square : nes)(victim, original, {
      goal,
      width,
      window: view.origin({ x: 0, y: 0, width: view.side, height: view.side }),
      reach: levelsIn(epsilon),
      queries: settings.queries,
      seed: settings.seed,
    });
  }
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
    agreement,
  };
}
