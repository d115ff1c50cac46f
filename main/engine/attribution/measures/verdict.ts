/** What measures say of a map, in words: whether it is better than maps that know nothing of the network. */
import type { Measures } from '../../../../shared/methods/explain.ts';
import { dummies, type Dummy } from '../../../../shared/recipes/measures.ts';

/** Of the measures that tell better from worse, on the scale of the score; more is better. */
export const merits = ({ deletion, insertion, road, fidelity }: Measures): number[] => [
  -deletion.logit,
  insertion.logit,
  road.logit,
  fidelity ?? -1,
];

/** A map is better than another one where most measures say so. */
const MOST = 3;

/** In how many of the measures a map is better than another one. */
export const winsOf = (map: Measures, other: Measures): number =>
  merits(map).filter((merit, i) => merit > (merits(other)[i] ?? Infinity)).length;

/**
 * @param wins over each dummy, of the four measures
 * @param where such as "in this picture"
 */
export function verdictOf(wins: Readonly<Record<Dummy, number>>, where: string): string {
  const names = (chosen: readonly Dummy[]): string => {
    const labels = chosen.map((name) => `${dummies[name].label} (${wins[name]} of 4 measures)`);
    return labels.length < 2 ? labels.join() : `${labels.slice(0, -1).join(', ')} and ${labels.at(-1) ?? ''}`;
  };
  const all = Object.keys(dummies) as Dummy[];
  const better = all.filter((name) => wins[name] >= MOST);
  const worse = all.filter((name) => wins[name] < MOST);
  if (worse.length === 0) return `Better ${where} than ${names(better)}.`;
  const first = `No better ${where} than ${names(worse)}`;
  return better.length === 0 ? `${first}.` : `${first}, but better than ${names(better)}.`;
}
