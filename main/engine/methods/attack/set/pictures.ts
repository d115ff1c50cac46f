/** A picture among several that are attacked: what it shows, which networks are right about it, and what they should see. */
import { basename } from 'node:path';
import { ReverieError } from '../../../../../shared/errors.ts';
import type { AttackSettings } from '../../../../../shared/recipes/attack.ts';
import { argmax, type Goal } from '../../../attack/goal.ts';
import { fromLevels, toLevels, type Levels } from '../../../attack/lattice.ts';
import { decodeImage } from '../../../imaging/codec.ts';
import { findClass } from '../../common/targets.ts';
import { resolveGoal, sameClass } from '../goal.ts';
import type { AttackedNetwork, Victim } from '../victim.ts';
import type { Labels } from './labels.ts';
import type { Size } from '../../../imaging/pixels.ts';

/** A picture of the set, with what each network says of it before the attack. */
export interface SetPicture {
  readonly path: string;
  readonly size: Size;
  readonly original: Levels;
  /** One for each network. */
  readonly predictions: readonly Prediction[];
}

export interface Prediction {
  readonly victim: Victim;
  readonly scores: Float32Array;
  /** What the picture shows, in the network's own classes; null where it has no such class. */
  readonly label: number | null;
  readonly correct: boolean;
}

/** @param labels what the pictures show; null: what the first network sees */
export async function readPicture(
  path: string,
  victims: readonly Victim[],
  labels: Labels | null,
  signal: AbortSignal | undefined,
): Promise<SetPicture> {
  const { pixels } = await decodeImage(path, { signal });
  const original = toLevels(pixels.data);
  const size = { width: pixels.width, height: pixels.height };
  const [first] = victims;
  if (first === undefined) throw new Error('There is no network.');
  const picture = fromLevels(original);
  const answers: { victim: Victim; scores: Float32Array }[] = [];
  for (const victim of victims)
    answers.push({ victim, scores: (await victim.at(size).scores(picture)).slice() });
  const { model } = first.context;
  const truth = labels === null ? argmax(answers[0]?.scores ?? []) : labelOf(path, labels, first);
  const predictions = answers.map(({ victim, scores }) => {
    const label = sameClass(model, truth, victim.context.model, victim.classes);
    return { victim, scores, label, correct: label !== null && argmax(scores) === label };
  });
  return { path, size, original, predictions };
}

function labelOf(path: string, labels: Labels, { context: { model } }: Victim): number {
  const name = basename(path);
  const label = labels.get(name);
  if (label === undefined) {
    throw new ReverieError('usage/option', `The table of labels does not say what "${name}" shows.`);
  }
  return findClass(model, label);
}

/** A goal of one network in the classes of another; null where that has no such class. */
export function goalFor(victim: Victim, goal: Goal, from: Victim): Goal | null {
  const label = sameClass(from.context.model, goal.label, victim.context.model, victim.classes);
  return label === null ? null : { ...goal, label };
}

/** What an attack on a picture is to reach, and at which networks. */
interface Aimed {
  readonly goal: Goal;
  readonly networks: readonly [AttackedNetwork, ...AttackedNetwork[]];
}

/**
 * @param victims the first is attacked, and those of the others that know its class with it
 * @returns null where the first has no class for what the picture shows
 * @throws ReverieError `usage/option`, `class/unknown`
 */
export function aimedAt(
  { predictions, size }: SetPicture,
  victims: readonly [Victim, ...Victim[]],
  { target, seed }: AttackSettings,
): Aimed | null {
  const [first, ...others] = victims;
  const prediction = predictions.find(({ victim }) => victim === first);
  if (prediction?.label === undefined || prediction.label === null) return null;
  const goal = resolveGoal(first.context.model, target, prediction.label, prediction.scores, seed);
  const further = others.flatMap((victim) => {
    const own = goalFor(victim, goal, first);
    return own === null ? [] : [victim.towards(own, size)];
  });
  return { goal, networks: [first.towards(goal, size), ...further] };
}
