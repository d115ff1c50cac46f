/** What the settings of an attack mean once every default is filled in, and which settings it cannot follow. */
import { TARGETS, attacks, reads, type Norm } from '../../../../shared/attacks/registry.ts';
import { worksAnywhere } from '../../../../shared/attacks/settings.ts';
import { EPSILON, readersOf } from '../../../../shared/attacks/words.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import type { AttackSettings } from '../../../../shared/recipes/attack.ts';
import type { ProjectedGradientOptions } from '../../attack/projected-gradient.ts';

/** Why an attack does without a setting that it does not read, to follow its name. */
const WITHOUT = {
  target: 'only leads away from what is seen, so it takes no --target',
  minimal: 'does not search the smallest ε, so it takes no --minimal',
  ensemble: 'takes one network, so no --ensemble',
} as const;

/** @throws ReverieError `usage/option` for settings that contradict each other */
export function checkSettings(settings: AttackSettings): void {
  const { method, norm, eps, placement, target, minimal, ensemble, loss } = settings;
  const { norms } = attacks[method];
  if (norms.length === 0 && (norm !== null || eps !== null))
    throw usage(`The method ${method} has no bound, so neither --eps nor --norm.`);
  if (norms.length > 0 && norm !== null && !norms.includes(norm))
    throw usage(`The method ${method} measures changes in ${norms.join(' or ')}, not in "${norm}".`);
  if (normOf(settings) === 'linf' && eps !== null && eps > 1)
    throw usage(
      `In linf --eps must be at most 1, the whole range of a sample, not ${eps}; 8/255 are 8 grey levels.`,
    );
  if (placement === 'anywhere' && !worksAnywhere(settings))
    throw usage(`Only the method ${readersOf('placement')} takes --placement anywhere, not ${method}.`);
  const asked = { target: target !== null, minimal, ensemble: ensemble !== null };
  for (const key of ['target', 'minimal', 'ensemble'] as const)
    if (asked[key] && !reads(method, key)) throw usage(`The method ${method} ${WITHOUT[key]}.`);
  if (loss !== 'ce' && !reads(method, 'loss'))
    throw usage(`Only the method ${readersOf('loss')} takes --loss ${loss}, not ${method}.`);
  if (loss === 'targeted' && target !== null)
    throw usage(
      '--loss targeted tries the likeliest classes by itself, so it takes no --target; --loss dlr does.',
    );
  if (loss === 'targeted' && ensemble !== null)
    throw usage('--loss targeted takes one network, so no --ensemble; --loss dlr takes several.');
}

/** The norm that was chosen, or the attack's usual one; of an attack without bound, the one that its steps are taken in. */
export const normOf = ({ method, norm }: AttackSettings): Norm => norm ?? attacks[method].norms[0] ?? 'linf';

/** The ε that was chosen, or the usual one. */
export const epsilonOf = (settings: AttackSettings): number => settings.eps ?? EPSILON[normOf(settings)];

/** Steps of the attack, where it takes a given number: of each trial, of each restart. */
export function stepsOf(settings: AttackSettings): number {
  const { usual = 0, targeted, anywhere, most = Infinity } = attacks[settings.method].defaults.steps ?? {};
  const standard =
    (settings.target === null ? undefined : targeted) ??
    (worksAnywhere(settings) ? anywhere : undefined) ??
    usual;
  return Math.min(settings.steps ?? standard, most);
}

/** How many steps will be taken at most; of a search for the smallest ε, in each of its trials. */
export function mostSteps(settings: AttackSettings): number {
  const { method, restarts, trials, queries } = settings;
  const { queriesPerStep, parts } = attacks[method];
  if (parts !== undefined) return Object.values(parts).reduce((sum, steps) => sum + steps, 0);
  if (queriesPerStep !== undefined)
    return queriesPerStep === 1 ? queries : Math.floor((queries - 1) / queriesPerStep);
  const turns =
    settings.target !== null ? 1 : settings.loss === 'targeted' ? TARGETS : (attacks[method].turns ?? 1);
  return (
    stepsOf(settings) * turns * (reads(method, 'restarts') ? restarts : reads(method, 'trials') ? trials : 1)
  );
}

/** How far a step goes, in pixel units. @param epsilon the bound of the attack, where it has one */
function stepSizeOf({ method, step }: AttackSettings, epsilon: number): number {
  const { step: usual = { size: 0 } } = attacks[method].defaults;
  return step ?? ('size' in usual ? usual.size : usual.ofEpsilon * epsilon);
}

/** What distinguishes attacks that take the same kind of steps. */
export type StepStyle = Partial<Pick<ProjectedGradientOptions, 'randomStart' | 'decay'>>;

/** Options of projected gradient steps. @param epsilon the bound, in pixel units */
export function stepOptions(
  settings: AttackSettings,
  epsilon: number,
  { randomStart = false, decay = null }: StepStyle = {},
): ProjectedGradientOptions {
  return {
    norm: normOf(settings),
    epsilon,
    stepSize: stepSizeOf(settings, epsilon),
    steps: stepsOf(settings),
    restarts: settings.restarts,
    randomStart,
    decay,
    seed: settings.seed,
  };
}

/** The settings with every default filled in, as recipes keep them. */
export function completed(settings: AttackSettings): AttackSettings {
  const { method, minimal } = settings;
  const { norms, defaults } = attacks[method];
  const bounded = reads(method, 'eps') && !minimal;
  return {
    ...settings,
    ...(norms.length === 0 ? {} : { norm: normOf(settings) }),
    ...(defaults.steps === undefined ? {} : { steps: stepsOf(settings) }),
    // Of a search for ε, ε and the step that follows it are what is found.
    ...(bounded ? { eps: epsilonOf(settings) } : {}),
    ...(defaults.step === undefined || minimal ? {} : { step: stepSizeOf(settings, epsilonOf(settings)) }),
  };
}

const usage = (message: string): ReverieError => new ReverieError('usage/option', message);

/** What is to be known about an attack on a network of few classes. @param name of the network */
export function fewClassesNotes({ method, loss }: AttackSettings, name: string, classes: number): string[] {
  const ratio = attacks[method].parts !== undefined || loss !== 'ce';
  if (!ratio || classes > 3) return [];
  return [
    `"${name}" tells ${classes} classes apart, and the difference of logits ratio needs four: the difference itself is followed in its place.`,
  ];
}
