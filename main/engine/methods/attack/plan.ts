/** What the settings of an attack mean once every default is filled in, with the values of the publications. */
import { ReverieError } from '../../../../shared/errors.ts';
import type { AttackMethod, AttackSettings } from '../../../../shared/recipes/attack.ts';
import type { Norm } from '../../attack/ball.ts';
import { QUERIES_PER_STEP } from '../../attack/black-box/nes.ts';
import type { ClimbOptions } from '../../attack/climb.ts';

/** Methods that stay within ε; the others look for the smallest change. */
export type BallMethod = 'fgsm' | 'bim' | 'pgd' | 'mi-fgsm' | 'eot';

export const isBallMethod = (method: AttackMethod): method is BallMethod =>
  method === 'fgsm' || method === 'bim' || method === 'pgd' || method === 'mi-fgsm' || method === 'eot';

/** Methods that ask a sealed victim. */
export type BlackBoxMethod = 'square' | 'nes' | 'rays' | 'substitute';

export const isBlackBox = (method: AttackMethod): method is BlackBoxMethod =>
  method === 'square' || method === 'nes' || method === 'rays' || method === 'substitute';

/** What `--substitute` calls the network that is made from nothing. */
export const SMALL = 'small';

/** μ of MI-FGSM. */
const DECAY = 1;

const PATCH_STEP = 0.05;

const EPSILON: Readonly<Record<Norm, number>> = { linf: 8 / 255, l2: 3 };

/** @throws ReverieError `usage/option` for a norm or an ε that the method cannot have */
export function normOf({ method, norm, eps, placement }: AttackSettings): Norm {
  if (method === 'cw' && norm === 'linf') {
    throw new ReverieError('usage/option', 'The method cw measures changes in l2, not in "linf".');
  }
  if (isBlackBox(method) && norm === 'l2') {
    throw new ReverieError('usage/option', `The method ${method} measures changes in linf, not in "l2".`);
  }
  if (method === 'patch' && (norm !== null || eps !== null)) {
    throw new ReverieError('usage/option', 'The method patch has no bound, so neither --eps nor --norm.');
  }
  if (method !== 'patch' && placement === 'anywhere') {
    throw new ReverieError(
      'usage/option',
      `Only the method patch takes --placement anywhere, not ${method}.`,
    );
  }
  const chosen = norm ?? (isBallMethod(method) || isBlackBox(method) || method === 'patch' ? 'linf' : 'l2');
  if (chosen === 'linf' && eps !== null && eps > 1) {
    throw new ReverieError(
      'usage/option',
      `In linf --eps must be at most 1, the whole range of a sample, not ${eps}; 8/255 are 8 grey levels.`,
    );
  }
  return chosen;
}

/** The ε that was chosen, or the usual one. */
export const epsilonOf = (settings: AttackSettings): number => settings.eps ?? EPSILON[normOf(settings)];

/** Steps of the method, for cw in each trial. */
export function stepsOf({ method, steps, target, queries, placement }: AttackSettings): number {
  if (method === 'square' || method === 'rays') return queries;
  if (method === 'nes') return Math.floor((queries - 1) / QUERIES_PER_STEP);
  if (method === 'fgsm') return Math.min(steps ?? 1, 1);
  if (steps !== null) return steps;
  if (method === 'deepfool') return 50;
  if (method === 'cw') return 100;
  if (method === 'patch') return placement === 'anywhere' ? 150 : 60;
  if (method === 'substitute') return 20;
  return target === null && method !== 'eot' ? 10 : 40;
}

/** Options of an attack inside the ball of that ε. */
export function climbOptions(settings: AttackSettings, method: BallMethod, epsilon: number): ClimbOptions {
  const { step, restarts, seed } = settings;
  return {
    norm: normOf(settings),
    epsilon,
    stepSize: step ?? (method === 'fgsm' ? epsilon : epsilon / 4),
    steps: stepsOf(settings),
    restarts,
    randomStart: method === 'pgd' || method === 'eot',
    decay: method === 'mi-fgsm' ? DECAY : null,
    seed,
  };
}

/** Options of the climb against a substitute: momentum carries over better (Dong et al. 2018). */
export function transferOptions(settings: AttackSettings): ClimbOptions {
  const epsilon = epsilonOf(settings);
  return {
    norm: normOf(settings),
    epsilon,
    stepSize: settings.step ?? epsilon / 8,
    steps: stepsOf(settings),
    restarts: 1,
    randomStart: false,
    decay: DECAY,
    seed: settings.seed,
  };
}

/** Options of a patch: no bound but [0, 1], and momentum over gradients that are random. */
export function patchOptions(settings: AttackSettings): ClimbOptions {
  const { step, seed } = settings;
  return {
    norm: normOf(settings),
    epsilon: 1,
    stepSize: step ?? PATCH_STEP,
    steps: stepsOf(settings),
    restarts: 1,
    randomStart: false,
    decay: DECAY,
    seed,
  };
}

/** The settings with every default filled in, as recipes keep them. */
export function completed(settings: AttackSettings): AttackSettings {
  const { method, minimal } = settings;
  if (method === 'patch')
    return { ...settings, steps: stepsOf(settings), step: patchOptions(settings).stepSize };
  const filled = { ...settings, norm: normOf(settings), steps: stepsOf(settings) };
  if (isBlackBox(method)) return { ...filled, steps: settings.steps, eps: epsilonOf(settings) };
  // Of a search for ε, ε and the step that follows it are what is found.
  if (!isBallMethod(method) || minimal) return filled;
  const { epsilon, stepSize } = climbOptions(settings, method, epsilonOf(settings));
  return { ...filled, eps: epsilon, step: stepSize };
}
