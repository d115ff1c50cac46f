/**
 * What the dimensions of a tensor mean. A dimension is a product of axes: a map's height is one, tokens are rows times columns
 * in one dimension, features that are split over the heads of an attention are two dimensions of one kind. Axes of size 1 are
 * left out, because they carry nothing.
 */

/**
 * `rows` and `columns` run over the picture, `features` over what is told of each place; `keys` are the places that an
 * attention looks at from each of its places; `places` are positions that cannot be found in the picture.
 */
export type PlainKind = 'batch' | 'rows' | 'columns' | 'features' | 'keys' | 'places';

export interface PlainAxis {
  readonly kind: PlainKind;
  readonly size: number;
  /** Of the axes of one kind, the one with the larger step is the outer one. */
  readonly step: number;
}

/** Tokens with others before or after those of the picture: a class token, registers. */
export interface TokenAxis {
  readonly kind: 'tokens';
  readonly size: number;
  readonly before: number;
  readonly after: number;
  /** The axes of the picture's own tokens. */
  readonly grid: readonly PlainAxis[];
}

export type Axis = PlainAxis | TokenAxis;

/** The axes that make up one dimension, outermost first. */
export type Group = readonly Axis[];

/** One group for each dimension. */
export type Axes = readonly Group[];

/** An axis as a whole dimension; nothing for size 1. */
export const whole = (kind: PlainKind, size: number, step = 1): Group =>
  size === 1 ? [] : [{ kind, size, step }];

export const sizeOfGroup = (group: Group): number => group.reduce((product, { size }) => product * size, 1);

/** Whether a dimension runs over the picture, perhaps with tokens of no place. */
export const isPlaced = (group: Group): boolean =>
  group.some(({ kind }) => kind === 'rows' || kind === 'columns' || kind === 'tokens');

/** Whether a dimension holds axes of a kind, and no others. */
export const isAll = (group: Group, kind: Axis['kind']): boolean =>
  group.length > 0 && group.every((axis) => axis.kind === kind);

/** What a tensor of one dimension, of two or of more is taken for where nothing else is known of it. */
export function unplaced(dims: readonly number[]): Axes {
  const features = dims.length === 3 ? 2 : 1;
  return dims.map((size, i) => whole(i === 0 ? 'batch' : i === features ? 'features' : 'places', size));
}

/** The axes of a tensor of the same values in the same order, in other dimensions; undefined where an axis is cut askew. */
export function regrouped(axes: Axes, dims: readonly number[]): Axes | undefined {
  const left = axes.flat();
  const groups: Axis[][] = [];
  for (const dim of dims) {
    const group: Axis[] = [];
    for (let rest = dim; rest > 1;) {
      const next = left.shift();
      if (next === undefined) return undefined;
      if (rest % next.size === 0) {
        group.push(next);
        rest /= next.size;
      } else {
        if (next.kind === 'tokens' || next.size % rest !== 0) return undefined;
        const inner = next.size / rest;
        group.push({ ...next, size: rest, step: next.step * inner });
        left.unshift({ ...next, size: inner });
        rest = 1;
      }
    }
    groups.push(group);
  }
  return left.length === 0 ? groups : undefined;
}

/** Neighbours of one kind that were one axis before become one again. */
function mergedGroup(group: Group): Group {
  const merged: Axis[] = [];
  for (const axis of group) {
    const outer = merged.at(-1);
    if (
      outer !== undefined &&
      outer.kind !== 'tokens' &&
      outer.kind === axis.kind &&
      outer.step === axis.step * axis.size
    )
      merged[merged.length - 1] = { ...axis, size: outer.size * axis.size };
    else merged.push(axis);
  }
  return merged;
}

const STEPPED: readonly PlainKind[] = ['batch', 'rows', 'columns', 'features'];

/** Steps without gaps: where a part of an axis is gone, the rest is an axis of its own. */
function compacted(axes: Axes): Axes {
  const plain = axes.flat().flatMap((axis) => (axis.kind === 'tokens' ? [...axis.grid] : [axis]));
  const steps = new Map<PlainAxis, number>();
  for (const kind of STEPPED) {
    let step = 1;
    // Of equals, the later one is the inner one.
    const own = plain.filter((axis) => axis.kind === kind).reverse();
    for (const axis of own.sort((a, b) => a.step - b.step)) {
      steps.set(axis, step);
      step *= axis.size;
    }
  }
  const restep = (axis: PlainAxis): PlainAxis => ({ ...axis, step: steps.get(axis) ?? axis.step });
  return axes.map((group) =>
    group.map((axis) => (axis.kind === 'tokens' ? { ...axis, grid: axis.grid.map(restep) } : restep(axis))),
  );
}

/**
 * A dimension in which features are mixed with something else than the batch. Pixels that were shuffled out of features are
 * finer rows or columns; anything else is features of a new order.
 */
function unmixed(group: Group, i: number, axes: Axes): Group {
  const mixed =
    group.length > 1 &&
    group.some(({ kind }) => kind === 'features') &&
    group.every(({ kind }) => kind !== 'batch' && kind !== 'keys');
  if (!mixed) return group;
  const [outer, ...inner] = group;
  const size = sizeOfGroup(group);
  const others = axes.some((other, k) => k !== i && isAll(other, 'features'));
  if (others && (outer?.kind === 'rows' || outer?.kind === 'columns')) {
    if (inner.every(({ kind }) => kind === 'features')) return whole(outer.kind, size);
  }
  const steps = group.flatMap((axis) => (axis.kind === 'features' ? [axis.step] : []));
  return whole('features', size, Math.min(...steps));
}

const TIDY = new WeakSet<Axes>();

/** Axes in their simplest form; the same object where they have it. */
export function tidied(axes: Axes): Axes {
  if (TIDY.has(axes)) return axes;
  const merged = compacted(axes).map(mergedGroup);
  const tidy = compacted(merged.map((group, i) => unmixed(group, i, merged)));
  TIDY.add(tidy);
  return tidy;
}
