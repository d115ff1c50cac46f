/** What becomes of one dimension that is cut, joined or brought to another size. */
import { isAll, isPlaced, sizeOfGroup, whole, type Axis, type Group, type TokenAxis } from './axis.ts';

/** A dimension at another size: rows stay rows, and what is told of places stays features. */
export function resized(group: Group, size: number): Group {
  if (sizeOfGroup(group) === size) return group;
  const [only] = group;
  if (group.length !== 1 || only === undefined || only.kind === 'tokens') return whole(fallback(group), size);
  return whole(only.kind, size, only.step);
}

const fallback = (group: Group): 'features' | 'places' => (isAll(group, 'features') ? 'features' : 'places');

/** A map cannot be told from a vector where it has one value: it takes the kind that its operator gives. */
export const resizedAs = (group: Group, kind: 'rows' | 'columns' | 'features', size: number): Group =>
  group.length === 0 ? whole(kind, size) : resized(group, size);

/** Neighbouring values of a dimension. */
export function cut(group: Group, start: number, length: number): Group {
  if (length === sizeOfGroup(group)) return group;
  const [first, second] = group;
  if (group.length === 1 && first?.kind === 'tokens') return cutTokens(first, start, length);
  // Whole rows of a grid.
  if (group.length === 2 && first?.kind === 'rows' && second?.kind === 'columns') {
    if (start % second.size === 0 && length % second.size === 0)
      return [...whole('rows', length / second.size, first.step), second];
  }
  return resized(group, length);
}

/** A part of the tokens: all of the picture's with some of the others, or none of the picture's. */
function cutTokens({ size, before, after, grid }: TokenAxis, start: number, length: number): Group {
  const end = start + length;
  if (start > before || end < size - after) return whole('places', length);
  const [left, right] = [before - start, end - (size - after)];
  return left + right === 0 ? grid : [{ kind: 'tokens', size: length, before: left, after: right, grid }];
}

/** One dimension of tensors side by side; undefined for those that do not depend on the picture. */
export function joined(groups: readonly (Group | undefined)[], sizes: readonly number[]): Group {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const known = groups.filter((group) => group !== undefined && group.length > 0);
  const [first] = known;
  if (first === undefined) return whole('places', total);
  const kinds = new Set(known.flatMap((group) => group?.map(({ kind }) => kind) ?? []));
  const [kind] = kinds;
  if (kinds.size === 1 && kind !== undefined && kind !== 'tokens') return whole(kind, total);
  const placed = groups.findIndex((group) => group !== undefined && isPlaced(group));
  const alone = groups.every((group, i) => i === placed || group === undefined || !isPlaced(group));
  const tokens = groups[placed];
  if (tokens === undefined || !alone) return whole('places', total);
  const before = sizes.slice(0, placed).reduce((sum, size) => sum + size, 0);
  return withOthers(tokens, before, total - before - (sizes[placed] ?? 0));
}

/** Tokens with more of no place before and after them. */
function withOthers(group: Group, before: number, after: number): Group {
  const size = before + after + sizeOfGroup(group);
  const [only] = group;
  if (group.length === 1 && only?.kind === 'tokens')
    return [{ ...only, size, before: before + only.before, after: after + only.after }];
  const grid = group.flatMap((axis: Axis) => (axis.kind === 'tokens' ? [] : [axis]));
  return grid.length === group.length
    ? [{ kind: 'tokens', size, before, after, grid }]
    : whole('places', size);
}
