/** Tables of numbers for each place of the picture, at another size of the grid. */
import { float32, sizeOf, type FloatTensor } from '../tensor.ts';
import { sizeOfGroup, type Axes, type Axis, type Group } from './axis.ts';
import { resampledAlong } from './resample.ts';

/**
 * A table that broadcasts against a tensor, for the same tensor at another size; undefined where it is right already, or holds
 * places in a form that cannot be resampled.
 *
 * @param before axes of the tensor for which the table was made
 * @param now those at the other size
 */
export function tableAt(table: FloatTensor, before: Axes, now: Axes): FloatTensor | undefined {
  const shift = before.length - table.dims.length;
  let resized = table;
  let changed = false;
  for (let i = 0; i < table.dims.length; i++) {
    const [from, to] = [before[i + shift], now[i + shift]];
    if (from === undefined || to === undefined || table.dims[i] !== sizeOfGroup(from)) continue;
    if (table.dims[i] === 1 || (sizeOfGroup(from) === sizeOfGroup(to) && sameGrid(from, to))) continue;
    const next = resizedGroup(resized, i, from, to);
    if (next === undefined) return undefined;
    resized = next;
    changed = true;
  }
  return changed ? resized : undefined;
}

const gridOf = (group: Group): Group =>
  group.flatMap((axis): Group => (axis.kind === 'tokens' ? axis.grid : [axis]));

const sizeAlong = (group: Group, kind: Axis['kind']): number =>
  sizeOfGroup(gridOf(group).filter((axis) => axis.kind === kind));

const sameGrid = (a: Group, b: Group): boolean =>
  (['rows', 'columns'] as const).every((kind) => sizeAlong(a, kind) === sizeAlong(b, kind));

/** One dimension of a table: rows before the grid, the grid, rows after it. */
function resizedGroup(table: FloatTensor, axis: number, from: Group, to: Group): FloatTensor | undefined {
  const kinds = gridOf(from).map(({ kind }) => kind);
  if (!['rows', 'columns', 'rows,columns', 'columns,rows'].includes(kinds.join())) return undefined;
  const [only] = from;
  const tokens = from.length === 1 && only?.kind === 'tokens' ? only : { before: 0, after: 0 };
  const [outer, inner] = [sizeOf(table.dims.slice(0, axis)), sizeOf(table.dims.slice(axis + 1))];
  const length = table.dims[axis] ?? 1;
  const part = (start: number, end: number): Float32Array[] =>
    Array.from({ length: outer }, (_, o) =>
      table.data.subarray((o * length + start) * inner, (o * length + end) * inner),
    );
  const end = length - tokens.after;
  let grid = float32(flat(part(tokens.before, end)), [
    outer,
    ...kinds.map((kind) => sizeAlong(from, kind)),
    inner,
  ]);
  kinds.forEach((kind, k) => {
    grid = resampledAlong(grid, k + 1, sizeAlong(to, kind));
  });
  const each = grid.data.length / outer;
  const middle = Array.from({ length: outer }, (_, o) => grid.data.subarray(o * each, (o + 1) * each));
  const [before, after] = [part(0, tokens.before), part(end, length)];
  const data = flat(
    middle.flatMap((values, o) => [before[o] ?? [], values, after[o] ?? []].map((v) => Float32Array.from(v))),
  );
  return float32(data, table.dims.with(axis, data.length / (outer * inner)));
}

function flat(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
