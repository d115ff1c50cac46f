/** Poolings. The maximum has several exact forms, because not every runtime tells where it found it. */
import type { Builder } from '../../graph/builder.ts';
import type { Node } from '../../graph/graph.ts';
import { int, ints } from '../../graph/graph.ts';
import { float32, sizeOf } from '../../graph/tensor.ts';
import type { Rule, Rules } from '../rule.ts';
import { input, output } from '../rule.ts';
import { spreadWindows } from '../spread.ts';
import { windowOf, type Window } from '../window.ts';

const at = (list: readonly number[], i: number): number => list[i] ?? 0;

const poolWindow = (g: Builder, node: Node): Window =>
  windowOf(g, node, input(node, 0), ints(node, 'kernel_shape', []));

/** dx by scattering dy to the positions that MaxPool reports. */
const maxPoolByIndices: Rule = (g, node, dy) => {
  const dims = g.dims(input(node, 0));
  const count = sizeOf(g.dims(dy));
  const indices = g.reshape(g.requestOutput(node, 1), [count]);
  const zeros = g.expand(g.scalar(0), [sizeOf(dims)]);
  const flat = g.op('ScatterElements', [zeros, indices, g.reshape(dy, [count])], {
    axis: 0,
    reduction: 'add',
  });
  return [g.reshape(flat, dims)];
};

/** How many elements each output of an average pooling divides by; it varies where padding is not counted. */
function windowCounts(
  outer: readonly number[],
  size: readonly number[],
  win: Window,
  countPad: boolean,
): number[] {
  const along = (axis: number): number[] =>
    Array.from({ length: at(outer, axis) }, (_, o) => {
      const first = o * at(win.strides, axis) - at(win.begins, axis);
      // With ceil_mode a window may reach beyond the declared padding; what lies there is never counted.
      const limit = countPad ? at(size, axis) + at(win.ends, axis) : at(size, axis);
      let count = 0;
      for (let k = 0; k < at(win.kernel, axis); k++) {
        const position = first + k * at(win.dilations, axis);
        if (position < limit && (countPad || position >= 0)) count++;
      }
      return count;
    });
  let counts = [1];
  outer.forEach((_, axis) => (counts = counts.flatMap((c) => along(axis).map((d) => c * d))));
  return counts;
}

const averagePool: Rule = (g, node, dy) => {
  const size = g.dims(input(node, 0)).slice(2);
  const outer = g.dims(dy).slice(2);
  const win = poolWindow(g, node);
  const counts = windowCounts(outer, size, win, int(node, 'count_include_pad', 0) === 1);
  const inverse = g.constant(
    float32(
      counts.map((c) => 1 / c),
      [1, 1, ...outer],
    ),
  );
  return [spreadWindows(g, g.mul(dy, inverse), size, win)];
};

/** The gradient as if the pooling had averaged: not exact, but smoother pictures (lucid's smoothed_maxpool_grad). */
export const maxPoolAsAverage: Rule = (g, node, dy) => {
  const size = g.dims(input(node, 0)).slice(2);
  const outer = g.dims(dy).slice(2);
  const win = poolWindow(g, node);
  const inverse = g.constant(
    float32(
      windowCounts(outer, size, win, false).map((c) => 1 / c),
      [1, 1, ...outer],
    ),
  );
  return [spreadWindows(g, g.mul(dy, inverse), size, win)];
};

/** dy / n spread evenly over each channel. */
const globalAverage: Rule = (g, node, dy) => {
  const dims = g.dims(input(node, 0));
  return [g.expand(g.scale(dy, 1 / sizeOf(dims.slice(2))), dims)];
};

/** Equal maxima share the gradient. */
const globalMax: Rule = (g, node, dy) => {
  const x = input(node, 0);
  const axes = g
    .dims(x)
    .slice(2)
    .map((_, i) => i + 2);
  const winner = g.asFloat(g.compare('Equal', x, output(node)));
  return [g.mul(winner, g.div(dy, g.reduce('ReduceSum', winner, axes, true)))];
};

export const pooling: Rules = {
  MaxPool: maxPoolByIndices,
  AveragePool: averagePool,
  GlobalAveragePool: globalAverage,
  GlobalMaxPool: globalMax,
};
