/**
 * One picture, one attack: optimised without rounding, brought onto whole grey levels, and repaired there where rounding
 * destroyed the success. What comes out is what a file can hold.
 */
import { ReverieError } from '../../../../shared/errors.ts';
import type { SubstituteShare } from '../../../../shared/contract/attack.ts';
import type { AttackSettings } from '../../../../shared/recipes/attack.ts';
import { aimAt, together, type Aim } from '../../attack/aim.ts';
import { distance2, type Ball } from '../../attack/ball.ts';
import { carliniWagner } from '../../attack/carlini-wagner.ts';
import { climb, type Found, type Iteration } from '../../attack/climb.ts';
import { deepFool } from '../../attack/deepfool.ts';
import type { Goal } from '../../attack/goal.ts';
import { fromLevels, normsOf, onLattice, toLevels, type Levels } from '../../attack/lattice.ts';
import { parseTransforms } from '../../attack/eot/distribution.ts';
import { expectedAim } from '../../attack/eot/expectation.ts';
import { EpsilonSearch } from '../../attack/minimal-epsilon.ts';
import { SAFE_MARGIN, repair, type Repaired } from '../../attack/repair.ts';
import { mapSteps } from '../../attack/steps.ts';
import {
  climbOptions,
  epsilonOf,
  isBallMethod,
  isBlackBox,
  normOf,
  patchOptions,
  stepsOf,
  type BallMethod,
} from './plan.ts';
import { attackSealed } from './surrogate/black-box.ts';
import type { Mask } from './mask.ts';
import { PATCH_GREY, freshPlacement, placed, trainPatch, type MadePatch } from './patch.ts';
import type { Sight } from './victim.ts';
import type { Size } from '../dream/octaves.ts';
import type { Workbench } from '../common/workbench.ts';

/** A network, and what it should see. */
export interface Opponent {
  readonly bench: Workbench;
  readonly oracle: Sight;
  readonly goal: Goal;
}

export interface Attacked {
  readonly levels: Levels;
  /** Lead in logits of `levels`; positive when the goal is reached. */
  readonly margin: number;
  /** What was found before rounding; its norms in grey levels. */
  readonly unrounded: { readonly margin: number; readonly l2: number; readonly linf: number };
  /** Rounds of repair that rounding made necessary. */
  readonly repairs: number;
  /** The bound of the result in pixel units; null for methods without one. */
  readonly epsilon: number | null;
  /** Steps at which the gradient pointed nowhere. */
  readonly flat: number;
  /** How often a sealed victim was asked; null for methods that know the network. */
  readonly queries: number | null;
  /** What stood in for the victim; null for other methods. */
  readonly substitute: SubstituteShare | null;
  /** The patch alone, of one that works anywhere; null for others. */
  readonly patch: MadePatch | null;
}

/** No sealed network was asked, and no patch made alone. */
const NEITHER = { queries: null, substitute: null, patch: null } as const;

type Steps<Result> = AsyncGenerator<Iteration, Result, undefined>;

/** What some methods need beside the networks. */
export interface Tools {
  /** Where a patch may be; null for other methods. */
  readonly mask: Mask | null;
  /** Which network stands in for a sealed one; null for the small one, and for other methods. */
  readonly standIn: Workbench | null;
}

/** How many steps will be taken at most; of a search for the smallest ε, each trial counts its own. */
export function mostSteps(settings: AttackSettings): number {
  const { method, restarts, trials, queries } = settings;
  // The search by labels goes on until it has asked so often.
  if (method === 'substitute') return queries;
  return stepsOf(settings) * (method === 'pgd' || method === 'eot' ? restarts : method === 'cw' ? trials : 1);
}

/**
 * @param opponents the networks that should all be fooled; DeepFool and attacks on a sealed victim take one
 * @param size of the picture in pixels
 * @throws ReverieError `usage/option` for settings that contradict each other
 */
export async function* attackPicture(
  opponents: readonly Opponent[],
  original: Levels,
  settings: AttackSettings,
  size: Size,
  { mask, standIn }: Tools,
): Steps<Attacked> {
  const { method } = settings;
  if (method === 'patch' && settings.placement === 'anywhere')
    return yield* patchAnywhere(opponents, original, settings, size);
  if (method === 'patch') return yield* patch(opponents, original, settings, mask);
  if (isBlackBox(method)) return yield* attackSealed(opponents, original, settings, method, size, standIn);
  if (!isBallMethod(method)) {
    const found = yield* unbounded(opponents, original, settings, method);
    return settle(opponents, original, null, found);
  }
  if (!settings.minimal) return yield* within(opponents, original, settings, method, epsilonOf(settings));
  const norm = normOf(settings);
  const search = new EpsilonSearch(norm, settings.eps ?? (norm === 'linf' ? 1 : 100));
  let best: Attacked | undefined;
  for (let epsilon = search.next; epsilon !== null; epsilon = search.next) {
    const attacked: Attacked = yield* within(opponents, original, settings, method, epsilon);
    const succeeded = attacked.margin >= SAFE_MARGIN;
    if (succeeded || best === undefined || best.margin < SAFE_MARGIN) best = attacked;
    search.tell(succeeded);
  }
  return best ?? (yield* within(opponents, original, settings, method, 0));
}

async function* within(
  opponents: readonly Opponent[],
  original: Levels,
  settings: AttackSettings,
  method: BallMethod,
  epsilon: number,
): Steps<Attacked> {
  const options = climbOptions(settings, method, epsilon);
  const aim = method === 'eot' ? expectedAimOf(opponents, settings) : aimOf(opponents, 'cross-entropy');
  const found = yield* climb(aim, fromLevels(original), options);
  return settle(opponents, original, options, found);
}

function unbounded(
  opponents: readonly Opponent[],
  original: Levels,
  settings: AttackSettings,
  method: 'deepfool' | 'cw',
): Steps<Found> {
  const start = fromLevels(original);
  const steps = stepsOf(settings);
  if (settings.minimal)
    throw usage(`The method ${method} looks for the smallest change anyway; leave out --minimal.`);
  if (method === 'cw') {
    const { confidence, trials } = settings;
    normOf(settings);
    return carliniWagner(aimOf(opponents, 'margin'), start, { confidence, steps, searchSteps: trials });
  }
  const [only] = opponents;
  if (only === undefined || opponents.length > 1)
    throw usage('The method deepfool takes one network, no --ensemble.');
  return deepFool(only.oracle, only.goal, start, { norm: normOf(settings), steps });
}

/** How much of a change is taken when rounding took its success and single levels did not win it back. */
const AMPLIFIED = [1.1, 1.25, 1.5, 2];

/** What never succeeded is not to be won by single levels. */
async function rounded(
  aim: Aim,
  picture: Float32Array,
  original: Levels,
  ball: Ball | null,
  succeeded: boolean,
): Promise<Pick<Repaired, 'levels' | 'margin' | 'rounds'>> {
  const levels = onLattice(picture, original, ball);
  if (succeeded) return repair(aim, levels, original, ball);
  return { levels, margin: (await aim.standing(fromLevels(levels))).margin, rounds: 0 };
}

const aimOf = (opponents: readonly Opponent[], followed: 'cross-entropy' | 'margin'): Aim =>
  together(opponents.map(({ oracle, goal }) => aimAt(oracle, goal, followed)));

function expectedAimOf(opponents: readonly Opponent[], settings: AttackSettings): Aim {
  const { samples, seed } = settings;
  const ranges = parseTransforms(settings.transforms);
  return together(
    opponents.map(({ oracle, goal }) =>
      expectedAim(oracle.eye, oracle.close, goal, { ranges, samples, seed }),
    ),
  );
}

/** Only samples inside the mask change, and may become anything: their steps are as if the network saw no others. */
async function* patch(
  opponents: readonly Opponent[],
  original: Levels,
  settings: AttackSettings,
  mask: Mask | null,
): Steps<Attacked> {
  if (mask === null || settings.minimal) throw usage('The method patch takes a mask, and no --minimal.');
  const inside = (i: number): boolean => mask[i % mask.length] === 1;
  const start = fromLevels(original).map((value, i) => (inside(i) ? PATCH_GREY : value));
  const aim = expectedAimOf(opponents, settings);
  const masked: Aim = {
    standing: (picture) => aim.standing(picture),
    async ascent(picture) {
      const { gradient, ...standing } = await aim.ascent(picture);
      return { ...standing, gradient: gradient.map((g, i) => (inside(i) ? g : 0)) };
    },
  };
  const { picture, margin, flat } = yield* climb(masked, start, patchOptions(settings));
  const levels = toLevels(picture);
  const { l2, linf } = normsOf(levels, original);
  return {
    ...NEITHER,
    levels,
    margin: (await aimOf(opponents, 'margin').standing(fromLevels(levels))).margin,
    unrounded: { margin, l2, linf },
    repairs: 0,
    epsilon: null,
    flat,
  };
}

/** The result shows the patch at a place where it was not trained. */
async function* patchAnywhere(
  opponents: readonly Opponent[],
  original: Levels,
  settings: AttackSettings,
  size: Size,
): Steps<Attacked> {
  const [first] = opponents;
  if (first === undefined || settings.minimal) throw usage('The method patch takes no --minimal.');
  normOf(settings);
  const photo = { size, original };
  const at = (shape: MadePatch['shape']) => freshPlacement(shape, first.oracle.view, settings, 0, 0);
  const steps = trainPatch([{ ...photo, opponents }], settings);
  const { flat, ...made } = yield* mapSteps(steps, ({ patch: pixels, shape, ...step }) => ({
    ...step,
    picture: fromLevels(placed({ pixels, shape }, photo, at(shape))),
  }));
  const levels = placed(made, photo, at(made.shape));
  const { margin } = await aimOf(opponents, 'margin').standing(fromLevels(levels));
  const { l2, linf } = normsOf(levels, original);
  return {
    ...NEITHER,
    levels,
    margin,
    unrounded: { margin, l2, linf },
    repairs: 0,
    epsilon: null,
    flat,
    patch: made,
  };
}

/** From a picture without rounding to one of whole levels that still reaches the goal, where that is possible. */
async function settle(
  opponents: readonly Opponent[],
  original: Levels,
  ball: Ball | null,
  { picture, margin, flat }: Found,
): Promise<Attacked> {
  const aim = aimOf(opponents, 'margin');
  const start = fromLevels(original);
  let settled = await rounded(aim, picture, original, ball, margin > 0);
  // Without a bound there is room: a little more of the same change survives rounding.
  for (const factor of ball === null && margin > 0 ? AMPLIFIED : []) {
    if (settled.margin > 0) break;
    const further = picture.map((value, i) => (start[i] ?? 0) + factor * (value - (start[i] ?? 0)));
    settled = await rounded(aim, further, original, ball, true);
  }
  const linf = picture.reduce((most, value, i) => Math.max(most, Math.abs(value - (start[i] ?? 0))), 0);
  return {
    ...NEITHER,
    levels: settled.levels,
    margin: settled.margin,
    unrounded: { margin, l2: 255 * distance2(picture, start), linf: 255 * linf },
    repairs: settled.rounds,
    epsilon: ball?.epsilon ?? null,
    flat,
  };
}

const usage = (message: string): ReverieError => new ReverieError('usage/option', message);
