/**
 * Long jobs are lists of units: pieces that have stable names, do not depend on each other, and come out the same wherever they are
 * computed. So they can be divided among machines by counting alone.
 */
import { ReverieError } from './errors.ts';
import type { Fields } from './recipes/fields.ts';

/** The option by which a command does a part of its units. */
export const sharding = {
  shard: {
    kind: 'text',
    label: 'Shard',
    help: 'Do the i-th of n equal parts of the work alone, as 3/16; "reverie merge" joins the folders of all of them',
    default: null,
    auto: 'all of it',
  },
} as const satisfies Fields;

/** The `index`-th of `of` parts, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** @throws ReverieError `usage/option` for anything but `i/n` with 1 ≤ i ≤ n */
export function parseShard(text: string | null): Shard | null {
  if (text === null) return null;
  const [, index = 0, of = 0] = (/^\s*(\d{1,6})\s*\/\s*(\d{1,6})\s*$/.exec(text) ?? []).map(Number);
  if (index < 1 || index > of)
    throw new ReverieError(
      'usage/option',
      `--shard must be i/n, the i-th of n parts counted from 1, such as 3/16; got "${text}".`,
    );
  return { index, of };
}

/** What a request says of its part of the work. */
interface Asked {
  readonly shard: Shard | null;
  /** Of those the named ones alone; `null` for all. */
  readonly named: readonly string[] | null;
}

/** The units that a request is about: every n-th for a shard, since neighbours take about as long. */
export function ownUnits<Unit>(
  units: readonly Unit[],
  { shard, named }: Asked,
  nameOf: (unit: Unit) => string,
): Unit[] {
  const isOwn = (i: number): boolean => shard === null || i % shard.of === shard.index - 1;
  return units.filter((unit, i) => isOwn(i) && (named === null || named.includes(nameOf(unit))));
}
