/** A picture among several that are attacked: what it shows, who is right about it, and what they shall see. */
import { basename } from 'node:path';
import { ReverieError } from '../../../../shared/errors.ts';
import type { AttackSettings } from '../../../../shared/recipes/attack.ts';
import { argmax, type Goal } from '../../attack/goal.ts';
import { fromLevels, toLevels, type Levels } from '../../attack/lattice.ts';
import { decodeImage } from '../../imaging/codec.ts';
import { resolveGoal, sameClass } from './goal.ts';
import type { Labels } from './labels.ts';
import type { Victim } from './victim.ts';
import type { Opponent } from './attack.ts';
import type { Size } from '../dream/octaves.ts';
import { findClass } from '../common/targets.ts';

/** A picture of the set, and how each network stands towards it before the attack. */
export interface Subject {
  readonly path: string;
  readonly size: Size;
  readonly original: Levels;
  readonly sights: readonly Sight[];
}

/** `label` is what the picture shows, in the network's own classes; null where it has no such class. */
export interface Sight {
  readonly victim: Victim;
  readonly scores: Float32Array;
  readonly label: number | null;
  readonly right: boolean;
}

export async function readSubject(
  path: string,
  victims: readonly Victim[],
  labels: Labels | null,
): Promise<Subject> {
  const { pixels } = await decodeImage(path);
  const original = toLevels(pixels.data);
  const size = { width: pixels.width, height: pixels.height };
  const [first] = victims;
  if (first === undefined) throw new Error('There is no network.');
  const picture = fromLevels(original);
  const looks: { victim: Victim; scores: Float32Array }[] = [];
  for (const victim of victims)
    looks.push({ victim, scores: (await victim.at(size).scores(picture)).slice() });
  const { model } = first.bench;
  const truth = labels === null ? argmax(looks[0]?.scores ?? []) : labelled(path, labels, first);
  const sights = looks.map(({ victim, scores }) => {
    const label = sameClass(model, truth, victim.bench.model, victim.classes);
    return { victim, scores, label, right: label !== null && argmax(scores) === label };
  });
  return { path, size, original, sights };
}

function labelled(path: string, labels: Labels, { bench: { model } }: Victim): number {
  const name = basename(path);
  const label = labels.get(name);
  if (label === undefined) {
    throw new ReverieError('usage/option', `The table of labels does not say what "${name}" shows.`);
  }
  return findClass(model, model.layers(), label);
}

/** The goal of `maker` in the classes of `victim`; null where it has no such class. */
export function goalOf(victim: Victim, from: Goal, maker: Victim): Goal | null {
  const label = sameClass(maker.bench.model, from.label, victim.bench.model, victim.classes);
  return label === null ? null : { ...from, label };
}

/**
 * What an attack made against the first of a team shall reach, and with whom; null where that network has no class for it.
 *
 * @throws ReverieError `usage/option`, `class/unknown`
 */
export function stage(
  subject: Subject,
  team: readonly Victim[],
  settings: AttackSettings,
): { goal: Goal; opponents: Opponent[] } | null {
  const [maker] = team;
  const sight = subject.sights.find(({ victim }) => victim === maker);
  if (maker === undefined || sight?.label === undefined || sight.label === null) return null;
  const goal = resolveGoal(maker.bench.model, settings.target, sight.label, sight.scores, settings.seed);
  const opponents = team.flatMap((victim) => {
    const own = goalOf(victim, goal, maker);
    return own === null ? [] : [{ bench: victim.bench, oracle: victim.at(subject.size), goal: own }];
  });
  return { goal, opponents };
}
