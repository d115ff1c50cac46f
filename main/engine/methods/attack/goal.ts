/** From what the user named to a goal, and from the classes of one network to those of another. */
import { ReverieError } from '../../../../shared/errors.ts';
import { random, uniformInteger } from '../../ascent/random.ts';
import { argmin, type Goal } from '../../attack/goal.ts';
import type { Model } from '../../models/model.ts';
import { findClass } from '../common/targets.ts';

/** What `--target` may say. */
type TargetChoice = 'least-likely' | 'random' | { readonly name: string };

/** @throws ReverieError `usage/option` for a target that is none of the known forms */
function parseTarget(text: string): TargetChoice {
  if (text === 'least-likely' || text === 'random') return text;
  if (text.startsWith('class:') && text.length > 6) return { name: text.slice(6) };
  throw new ReverieError(
    'usage/option',
    `--target must be class:<name or index>, least-likely or random, not "${text}".`,
  );
}

/**
 * The goal of an attack on a picture. Without a target it is to leave `truth`, so that nothing leaks from a label that the
 * network does not know.
 *
 * @param truth the class that the picture shows, as far as it is known
 * @param scores of the picture before the attack
 * @param seed of a random target
 * @throws ReverieError `usage/option`, `class/unknown`
 */
export function resolveGoal(
  model: Model,
  target: string | null,
  truth: number,
  scores: Float32Array,
  seed: number,
): Goal {
  if (target === null) return { kind: 'untargeted', label: truth };
  const choice = parseTarget(target);
  if (choice === 'least-likely') return { kind: 'targeted', label: argmin(scores) };
  if (choice === 'random') return { kind: 'targeted', label: anyBut(truth, scores.length, seed) };
  return { kind: 'targeted', label: findClass(model, choice.name) };
}

/** Any class but `truth`, each as likely. */
function anyBut(truth: number, classes: number, seed: number): number {
  const drawn = uniformInteger(random(seed, truth), 0, classes - 2);
  return drawn < truth ? drawn : drawn + 1;
}

/**
 * The class of another network that means the same: by its name, or by its number where neither has names and both tell
 * as many classes apart. Null where there is none.
 */
export function sameClass(from: Model, label: number, to: Model, classes: number): number | null {
  const [mine, theirs] = [from.card.labels, to.card.labels];
  if (mine === undefined && theirs === undefined) return label < classes ? label : null;
  const wanted = mine?.[label]?.toLowerCase();
  if (wanted === undefined || theirs === undefined) return null;
  // Names are not unique (ImageNet has two cranes), so the same place is looked at first.
  const same = (name: string | undefined): boolean =>
    name !== undefined && overlap(name.toLowerCase(), wanted);
  if (same(theirs[label])) return label;
  const found = theirs.findIndex(same);
  return found < 0 ? null : found;
}

/** Whether two lists of synonyms begin with the same one. */
const overlap = (a: string, b: string): boolean => a.split(',')[0]?.trim() === b.split(',')[0]?.trim();

/**
 * The goal of one network in the classes of another.
 *
 * @throws ReverieError `class/unknown` where the other has no such class
 */
export function translateGoal(goal: Goal, from: Model, to: Model, classes: number): Goal {
  const label = sameClass(from, goal.label, to, classes);
  if (label !== null) return { ...goal, label };
  const name = from.card.labels?.[goal.label] ?? `class ${goal.label}`;
  throw new ReverieError(
    'class/unknown',
    `"${to.name}" has no class "${name}" of "${from.name}", so they cannot be attacked together.`,
  );
}
