/** Which pictures of the gallery are shown, in which order and in which groups. */
import { methods } from '../../../shared/methods/registry.ts';
import type { Label, Picture } from '../../../shared/studio/gallery.ts';
import { nameOf } from '../../view/format.ts';

/** What a picture is to people, and what several of them are called. */
export const kinds = {
  photo: 'Photos',
  dream: 'Dreams',
  visualisation: 'Visualisations',
  explanation: 'Explanations',
  attack: 'Attacks',
  film: 'Films',
  other: 'Other pictures',
} as const;
export type Kind = keyof typeof kinds;

const KINDS = Object.keys(kinds) as readonly Kind[];

/** Where a method's own word is none of the kinds. */
const KIND_OF: Readonly<Record<string, Kind>> = { video: 'film', filters: 'visualisation' };

export const orders = {
  newest: 'Newest first',
  oldest: 'Oldest first',
  name: 'By name',
  kind: 'By kind',
  largest: 'Largest first',
  smallest: 'Smallest first',
} as const;
export type Order = keyof typeof orders;

export const groupings = { none: 'No groups', day: 'By day', source: 'By source photo' } as const;
export type Grouping = keyof typeof groupings;

/** What pictures must be to be shown; `null`: anything. */
export interface Filter {
  readonly kind: Kind | null;
  /** The network of its recipe, by its name. */
  readonly network: string | null;
  /** A layer that its recipe names. */
  readonly layer: string | null;
  /** At least so many. */
  readonly stars: number | null;
  readonly label: Label | null;
}
export const EVERYTHING: Filter = { kind: null, network: null, layer: null, stars: null, label: null };

export interface Section {
  /** In words; `null` for the only one. */
  readonly title: string | null;
  readonly pictures: readonly Picture[];
}

export function kindOf({ made, method }: Picture): Kind {
  if (method === null) return made ? 'other' : 'photo';
  const { noun } = methods[method].words;
  return KIND_OF[method] ?? (Object.hasOwn(kinds, noun) ? (noun as Kind) : 'other');
}

/** Texts of pictures are made once: pictures are never changed, only replaced. */
function remembered(make: (picture: Picture) => string): (picture: Picture) => string {
  const known = new WeakMap<Picture, string>();
  return (picture) => {
    let text = known.get(picture);
    if (text === undefined) known.set(picture, (text = make(picture)));
    return text;
  };
}

/** What searching looks at. */
const searched = remembered((picture) => {
  const { network = '', source = '', layers = [], words = '' } = picture.facts ?? {};
  return [nameOf(picture.id), kinds[kindOf(picture)], network, source, ...layers, words]
    .join('\n')
    .toLowerCase();
});

/** Names in the order of their numbers: `photo 9` before `photo 10`. Comparing these is much faster than a collator. */
const nameKey = remembered(({ id }) =>
  nameOf(id)
    .toLowerCase()
    .replace(/\d+/g, (digits) => digits.padStart(12, '0')),
);

const pixels = ({ width, height }: Picture): number => (width ?? 0) * (height ?? 0);
const byName = (a: Picture, b: Picture): number => {
  const [one, other] = [nameKey(a), nameKey(b)];
  return one < other ? -1 : one > other ? 1 : 0;
};
const byDate = (a: Picture, b: Picture): number => b.added - a.added || byName(a, b);

const COMPARISONS: Readonly<Record<Order, (a: Picture, b: Picture) => number>> = {
  newest: byDate,
  oldest: (a, b) => a.added - b.added || byName(a, b),
  name: byName,
  kind: (a, b) => KINDS.indexOf(kindOf(a)) - KINDS.indexOf(kindOf(b)) || byDate(a, b),
  largest: (a, b) => pixels(b) - pixels(a) || byDate(a, b),
  smallest: (a, b) => pixels(a) - pixels(b) || byDate(a, b),
};

export function inOrder(pictures: readonly Picture[], order: Order): readonly Picture[] {
  return [...pictures].sort(COMPARISONS[order]);
}

/** Those that hold every word that is searched for, and pass the filter; in the order given. */
export function found(pictures: readonly Picture[], search: string, filter: Filter): readonly Picture[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return pictures.filter(
    (picture) => passes(picture, filter) && words.every((word) => searched(picture).includes(word)),
  );
}

function passes(picture: Picture, { kind, network, layer, stars, label }: Filter): boolean {
  return (
    (kind === null || kindOf(picture) === kind) &&
    (network === null || picture.facts?.network === network) &&
    (layer === null || picture.facts?.layers.includes(layer) === true) &&
    (stars === null || picture.stars >= stars) &&
    (label === null || picture.label === label)
  );
}

/** What recipes name, to be chosen from. */
export function namedIn(pictures: readonly Picture[]): { networks: string[]; layers: string[] } {
  const networks = new Set<string>();
  const layers = new Set<string>();
  for (const { facts } of pictures) {
    if (facts === null) continue;
    networks.add(facts.network);
    for (const layer of facts.layers) layers.add(layer);
  }
  return { networks: [...networks].sort(), layers: [...layers].sort() };
}

/**
 * Pictures keep their order within their group. Days come the newest first, unless the oldest pictures do; photos, with all that grew
 * out of each, as the first picture of each comes.
 */
export function grouped(pictures: readonly Picture[], grouping: Grouping, order: Order): readonly Section[] {
  if (grouping === 'none') return [{ title: null, pictures }];
  if (grouping === 'source') {
    const sources = groupedBy(pictures, ({ id, facts }) => (facts === null ? id : (facts.source ?? '')));
    return [...sources].map(([source, those]) => ({
      title: source === '' ? 'Out of noise' : nameOf(source),
      pictures: those,
    }));
  }
  const sign = order === 'oldest' ? 1 : -1;
  return [...groupedBy(pictures, ({ added }) => new Date(added).setHours(0, 0, 0, 0))]
    .sort(([a], [b]) => sign * (a - b))
    .map(([day, those]) => ({
      title: new Date(day).toLocaleDateString(undefined, { dateStyle: 'full' }),
      pictures: those,
    }));
}

function groupedBy<Key>(
  pictures: readonly Picture[],
  keyOf: (picture: Picture) => Key,
): Map<Key, readonly Picture[]> {
  const groups = new Map<Key, Picture[]>();
  for (const picture of pictures) {
    const key = keyOf(picture);
    const others = groups.get(key);
    if (others === undefined) groups.set(key, [picture]);
    else others.push(picture);
  }
  return groups;
}
