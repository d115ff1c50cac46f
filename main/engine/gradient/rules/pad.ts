/** Padding: what was filled in with zeros is cut off again; what was copied from the image returns to its source. */
import type { Builder } from '../../graph/builder.ts';
import type { Name, Node } from '../../graph/graph.ts';
import { text } from '../../graph/graph.ts';
import { knownInput } from '../known.ts';
import { refuse, type Rule, type Rules } from '../rule.ts';

/** A stretch of `count` elements from `from` on, read backwards if `reversed`, that is added to `to` and following. */
interface Copy {
  readonly from: number;
  readonly count: number;
  readonly to: number;
  readonly reversed?: boolean;
  /** All elements are added to the one at `to`. */
  readonly summed?: boolean;
}

/** Where the padding before and after `size` elements was copied from, by mode; positions `from` count from the padding. */
function copies(mode: string, size: number, before: number, after: number): Copy[] {
  const behind = before + size;
  switch (mode) {
    case 'reflect':
      return [
        { from: 0, count: before, to: 1, reversed: true },
        { from: behind, count: after, to: size - 1 - after, reversed: true },
      ];
    case 'edge':
      return [
        { from: 0, count: before, to: 0, summed: true },
        { from: behind, count: after, to: size - 1, summed: true },
      ];
    default:
      return [
        { from: 0, count: before, to: size - before },
        { from: behind, count: after, to: 0 },
      ];
  }
}

/** The gradient of padding one axis. */
function unpad(g: Builder, dy: Name, axis: number, mode: string, before: number, after: number): Name {
  const rank = g.dims(dy).length;
  const onAxis = (start: number, end: number): number[] =>
    Array.from({ length: 2 * rank }, (_, i) => (i === axis ? start : i === axis + rank ? end : 0));
  const middle = g.pad(dy, onAxis(-before, -after));
  const size = g.dim(middle, axis);
  return copies(mode, size, before, after).reduce((sum, { from, count, to, reversed, summed }) => {
    if (count === 0) return sum;
    let part = g.slice(dy, [axis], [from], [from + count]);
    if (reversed === true) part = g.slice(part, [axis], [-1], [-(2 ** 31)], [-1]);
    if (summed === true) part = g.reduce('ReduceSum', part, [axis], true);
    return g.add(sum, g.pad(part, onAxis(to, size - to - g.dim(part, axis))));
  }, middle);
}

const pad: Rule = (g, node, dy) => {
  const mode = text(node, 'mode', 'constant');
  const rank = g.dims(dy).length;
  const pads = knownInput(g, node, 1) ?? [];
  const named = knownInput(g, node, 3) ?? Array.from({ length: rank }, (_, i) => i);
  const axes = named.map((axis) => (axis < 0 ? axis + rank : axis));
  const ends = (i: number): [number, number] => [pads[i] ?? 0, pads[i + axes.length] ?? 0];
  if (mode !== 'constant')
    return [axes.reduce((dx, axis, i) => checkedUnpad(g, node, dx, axis, mode, ends(i)), dy)];
  const crop = new Array<number>(2 * rank).fill(0);
  axes.forEach((axis, i) => {
    const [before, after] = ends(i);
    crop[axis] = -before;
    crop[axis + rank] = -after;
  });
  return [g.pad(dy, crop)];
};

function checkedUnpad(
  g: Builder,
  node: Node,
  dy: Name,
  axis: number,
  mode: string,
  [before, after]: [number, number],
): Name {
  const size = g.dim(dy, axis) - before - after;
  if (before < 0 || after < 0) refuse(node, `crops in mode ${mode}, for which there is no gradient`);
  if (mode === 'wrap' && Math.max(before, after) > size)
    refuse(node, 'wraps around more than once, for which there is no gradient');
  return unpad(g, dy, axis, mode, before, after);
}

export const padding: Rules = { Pad: pad };
