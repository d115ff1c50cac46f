/** What is looked at in the gallery, and how: kept from one opening of the window to the next, but for what is searched. */
import { isRecord } from '../../../shared/schema.ts';
import { labels, MOST_STARS, type Picture } from '../../../shared/studio/gallery.ts';
import type { PageStorage } from '../../host/storage.ts';
import type { Selection } from '../../state/selection.svelte.ts';
import {
  EVERYTHING,
  found,
  grouped,
  groupings,
  inOrder,
  kinds,
  namedIn,
  orders,
  type Filter,
  type Grouping,
  type Order,
  type Section,
} from './arrange.ts';

export interface GalleryView {
  /** The least width of a tile, in rem. */
  readonly tile: number;
  /** Whether names stand below the pictures. */
  readonly names: boolean;
  readonly order: Order;
  readonly grouping: Grouping;
  readonly filter: Filter;
}

const KEY = 'gallery';

/** Widths of tiles, in rem. */
export const TILE = { min: 5, max: 24, step: 0.5 } as const;

const FIRST: GalleryView = {
  ...{ tile: 10.5, names: false, order: 'newest', grouping: 'none' },
  filter: EVERYTHING,
};

export interface GalleryDeskOptions {
  readonly storage: PageStorage;
  readonly studio: { readonly gallery: readonly Picture[] };
  readonly selection: Selection;
}

export class GalleryDesk {
  #view = $state.raw<GalleryView>(FIRST);
  search = $state('');
  /** The picture whose name is being written. */
  renaming = $state<string | null>(null);
  /** How often the keyboard was given back to the tiles. */
  returns = $state(0);
  readonly #options: GalleryDeskOptions;
  // Each follows from the one before: searching does not sort again, and grouping does not search again. They are no `$derived`,
  // which would end with the component that asks for the desk first.
  readonly #ordered = latest(inOrder);
  readonly #found = latest(found);
  readonly #grouped = latest(grouped);
  readonly #flat = latest((sections: readonly Section[]) => sections.flatMap(({ pictures }) => pictures));
  readonly #idsOf = latest((pictures: readonly Picture[]) => pictures.map(({ id }) => id));
  readonly #named = latest(namedIn);

  constructor(options: GalleryDeskOptions) {
    this.#options = options;
    this.#view = viewFrom(options.storage.load(KEY));
  }

  get sections(): readonly Section[] {
    const { order, filter, grouping } = this.#view;
    const ordered = this.#ordered(this.#options.studio.gallery, order);
    return this.#grouped(this.#found(ordered, this.search, filter), grouping, order);
  }

  /** In the order in which they lie on the page. */
  get shown(): readonly Picture[] {
    return this.#flat(this.sections);
  }

  get ids(): readonly string[] {
    return this.#idsOf(this.shown);
  }

  /** The selected ones among those that are shown: nothing is done to what is out of sight. */
  get chosen(): readonly string[] {
    return this.#options.selection.of(this.ids);
  }

  /** The networks and layers that there are to filter by. */
  get named(): ReturnType<typeof namedIn> {
    return this.#named(this.#options.studio.gallery);
  }

  get view(): GalleryView {
    return this.#view;
  }

  change(change: Partial<GalleryView>): void {
    this.#view = { ...this.#view, ...change };
    this.#options.storage.save(KEY, this.#view);
  }

  filter(change: Partial<Filter>): void {
    this.change({ filter: { ...this.#view.filter, ...change } });
  }

  /** Larger tiles, or smaller ones. */
  enlarge(steps: number): void {
    const tile = this.#view.tile + steps * TILE.step;
    this.change({ tile: Math.min(Math.max(tile, TILE.min), TILE.max) });
  }

  /** How many things pictures are chosen by. */
  get filters(): number {
    return Object.values(this.#view.filter).filter((value) => value !== null).length;
  }

  showAll(): void {
    this.search = '';
    this.change({ filter: EVERYTHING });
  }
}

/** A view from an earlier run of the program; what no longer fits has its default. */
function viewFrom(value: unknown): GalleryView {
  if (!isRecord(value)) return FIRST;
  const { tile, names, order, grouping } = value;
  const filter = isRecord(value['filter']) ? value['filter'] : {};
  return {
    tile: typeof tile === 'number' && tile >= TILE.min && tile <= TILE.max ? tile : FIRST.tile,
    names: typeof names === 'boolean' ? names : FIRST.names,
    order: oneOf(order, orders) ?? FIRST.order,
    grouping: oneOf(grouping, groupings) ?? FIRST.grouping,
    filter: filterFrom(filter),
  };
}

function filterFrom({ kind, network, layer, stars, label }: Record<string, unknown>): Filter {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    kind: oneOf(kind, kinds) ?? null,
    network: text(network),
    layer: text(layer),
    stars: typeof stars === 'number' && stars >= 1 && stars <= MOST_STARS ? stars : null,
    label: labels.find((known) => known === label) ?? null,
  };
}

function oneOf<Word extends string>(value: unknown, words: Readonly<Record<Word, string>>): Word | undefined {
  return typeof value === 'string' && Object.hasOwn(words, value) ? (value as Word) : undefined;
}

/** A function that gives its latest result again as long as it is asked the same. */
function latest<Words extends readonly unknown[], Result>(
  work: (...words: Words) => Result,
): (...words: Words) => Result {
  let known: { words: Words; result: Result } | undefined;
  return (...words) => {
    if (known === undefined || words.some((word, at) => word !== known?.words[at]))
      known = { words, result: work(...words) };
    return known.result;
  };
}
