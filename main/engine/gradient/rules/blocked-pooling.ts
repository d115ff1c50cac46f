/**
 * The gradient of max-pooling in ONNX Runtime's blocked layout (see `../blocked.ts`), for windows of 3×3 over values that
 * are not negative: every place's claim to a maximum is a comparison by convolution, one axis after the other. Zeros
 * beyond the borders never win. A maximum that several places share is counted once, for the first of them in reading order,
 * as in every other form: in a flat part of a picture all devices must choose alike.
 */
import type { Builder } from '../../graph/builder.ts';
import type { Name, Node } from '../../graph/graph.ts';
import { int, ints } from '../../graph/graph.ts';
import { depthwise, isBlocked, isNotNegative, isPositive, without, type Sliding } from '../blocked.ts';
import { woven, type Phases } from '../phases.ts';
import { isRectified } from '../rectified.ts';
import type { Rule } from '../rule.ts';
import { input, output } from '../rule.ts';
import { windowOf } from '../window.ts';
import { closedBefore } from './blocked-gates.ts';
import { maxPoolByIndices } from './pooling.ts';

/** Rows are axis 2, columns axis 3. */
type Axis = 2 | 3;

const taps = (axis: Axis, weights: readonly number[]): number[][] =>
  axis === 2 ? weights.map((w) => [w]) : [[...weights]];

const pads = (axis: Axis, begin: number, end: number): number[] =>
  axis === 2 ? [begin, 0, end, 0] : [0, begin, 0, end];

/**
 * Gradient of y[i] = max(x[i−1], x[i], x[i+1]) along an axis: a tournament, t[i] = max(x[i−1], x[i]) and then
 * y[i] = max(t[i], t[i+1]). At a tie the earlier one wins. What goes back from t[i+1] to x[i] is found at i, where a zero beyond
 * the end is no rival.
 */
function neighbours(g: Builder, x: Name, dy: Name, axis: Axis): Name {
  const t = g.op('MaxPool', [x], {
    kernel_shape: axis === 2 ? [2, 1] : [1, 2],
    pads: pads(axis, 1, 0),
    strides: [1, 1],
  });
  const later = isPositive(g, depthwise(g, t, taps(axis, [-1, 1]), { pads: pads(axis, 0, 1) }));
  const forward = g.mul(dy, later);
  const dt = g.add(
    depthwise(g, forward, taps(axis, [1, 0]), { pads: pads(axis, 1, 0) }),
    without(g, dy, forward),
  );
  const earlier = isNotNegative(g, depthwise(g, x, taps(axis, [1, -1]), { pads: pads(axis, 0, 1) }));
  const back = g.mul(depthwise(g, dt, taps(axis, [0, 1]), { pads: pads(axis, 0, 1) }), earlier);
  const kept = g.add(depthwise(g, back, taps(axis, [-1, 0]), { pads: pads(axis, 1, 0) }), dt);
  return g.add(back, kept);
}

/** Windows around every pixel, as in inception blocks. */
function aroundEveryPixel(g: Builder, x: Name, dy: Name): Name {
  const rows = g.op('MaxPool', [x], { kernel_shape: [1, 3], pads: [0, 1, 0, 1], strides: [1, 1] });
  return neighbours(g, x, neighbours(g, rows, dy, 2), 3);
}

/** Places that a last window of three, two apart, reads beyond `size`. */
const beyond = (size: number, windows: number): number => Math.max(0, 2 * (windows - 1) + 3 - size);

/** Taps that read x[2o + place] for `windows` places o and no more, and how many zeros they need after the last. */
function reading(place: 0 | 1, size: number, windows: number): { taps: number[]; pad: number } {
  const length = Math.max(place + 1, size - 2 * windows + 1);
  return {
    taps: Array.from({ length }, (_, i) => (i === place ? 1 : 0)),
    pad: Math.max(0, 2 * (windows - 1) + length - size),
  };
}

/**
 * Gradient of y[o] = max(x[2o], x[2o+1], x[2o+2]) along an axis, its even and its odd places apart. At a tie the earliest place
 * wins.
 *
 * @param size of x along the axis
 * @param exceeds for every o, 1 where y[o] is larger than x[2o + place], else 0
 */
function everySecond(
  g: Builder,
  dy: Name,
  axis: Axis,
  size: number,
  exceeds: (place: 0 | 1) => Name,
): [even: Name, odd: Name] {
  const later = g.mul(dy, exceeds(0));
  const third = g.mul(later, exceeds(1));
  const first = without(g, dy, later);
  const second = without(g, later, third);
  // Places that only the last window's end reads, or none.
  const extra = Math.ceil(size / 2) - g.dim(dy, axis);
  const lengthened = (d: Name, by: number): Name =>
    by === 0 ? d : depthwise(g, d, taps(axis, [1]), { pads: pads(axis, 0, by) });
  const moved = depthwise(g, third, taps(axis, [1, 0]), { pads: pads(axis, 1, extra) });
  return [g.add(moved, lengthened(first, extra)), lengthened(second, extra - (size % 2))];
}

/** Windows two apart from the first pixel on, as between the stages of a network. */
function everySecondPixel(g: Builder, x: Name, dy: Name, y: Name): Phases {
  const [height, width] = [g.dim(x, 2), g.dim(x, 3)];
  const [outerHeight, outerWidth] = [g.dim(dy, 2), g.dim(dy, 3)];
  const right = beyond(width, outerWidth);
  const rows = g.op('MaxPool', [x], { kernel_shape: [1, 3], strides: [1, 2], pads: [0, 0, 0, right] });
  /** 1 where `maximum` exceeds what the taps (1 for one place, 0 for the others) read. */
  const exceeds = (maximum: Name, from: Name, kernel: number[][], sliding: Sliding): Name => {
    const minus = kernel.map((row) => row.map((w) => -w));
    return isPositive(g, g.add(depthwise(g, from, minus, sliding), maximum));
  };
  const byRow = everySecond(g, dy, 2, height, (place) => {
    const { taps: column, pad } = reading(place, height, outerHeight);
    return exceeds(y, rows, taps(2, column), { strides: [2, 1], pads: [0, 0, pad, 0] });
  });
  const parts = byRow.map((dRow, odd) => {
    const every = odd === 0 ? [1] : [0, 1];
    const maxima = depthwise(g, rows, taps(2, every), { strides: [2, 1] });
    return everySecond(g, dRow, 3, width, (place) => {
      const { taps: row, pad } = reading(place, width, outerWidth);
      const kernel = every.map((used) => row.map((w) => w * used));
      return exceeds(maxima, x, kernel, { strides: [2, 2], pads: [0, 0, 0, pad] });
    });
  });
  return { parts, size: [height, width] };
}

type Form = (g: Builder, x: Name, dy: Name, y: Name) => Name | Phases;

/** The form for a pooling's window, if there is one. Of windows two apart, each has its first two places in the picture. */
function formOf(g: Builder, node: Node, dy: Name): Form | undefined {
  const x = input(node, 0);
  if (node.outputs.length > 1 || int(node, 'storage_order', 0) !== 0 || !isBlocked(g, x)) return undefined;
  const { kernel, strides, dilations, begins, ends } = windowOf(g, node, x, ints(node, 'kernel_shape', []));
  if (kernel.join() !== '3,3' || dilations.join() !== '1,1') return undefined;
  if (strides.join() === '1,1' && begins.join() === '1,1' && ends.join() === '1,1') return aroundEveryPixel;
  const apart = [2, 3].every((axis) => 2 * g.dim(dy, axis) <= g.dim(x, axis));
  return strides.join() === '2,2' && begins.join() === '0,0' && apart ? everySecondPixel : undefined;
}

export const blockedMaxPool: Rule = (g, node, dy, demand) => {
  const x = input(node, 0);
  const form = formOf(g, node, dy);
  if (form === undefined || !isRectified(g, x)) return maxPoolByIndices(g, node, dy, demand);
  const closed = closedBefore(g, node, dy, demand);
  const found = form(g, x, closed ?? dy, output(node));
  const dx = typeof found === 'string' ? found : woven(g, found);
  if (typeof found !== 'string') demand.phases.set(dx, found);
  if (closed !== undefined) demand.closed.set(x, dx);
  return [dx];
};
