/** Poolings. The maximum has several exact forms, because not every runtime tells where it found it. */
import type { Builder } from '../../graph/builder.ts';
import type { Name, Node } from '../../graph/graph.ts';
import { int, ints } from '../../graph/graph.ts';
import { float32, sizeOf } from '../../graph/tensor.ts';
import type { Rule, Rules } from '../rule.ts';
import { input, output } from '../rule.ts';
import { interleaveZeros, spreadWindows } from '../spread.ts';
import { at, windowOf, type Window } from '../window.ts';

export const poolWindow = (g: Builder, node: Node): Window =>
  windowOf(g, node, input(node, 0), ints(node, 'kernel_shape', []));

/** dx by scattering dy to the positions that MaxPool reports. */
export const maxPoolByIndices: Rule = (g, node, dy, demand) => {
  // Column-major positions would have to be translated; no exporter asks for them.
  if (int(node, 'storage_order', 0) !== 0) return maxPoolBySlices(g, node, dy, demand);
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

/** Below every activation, yet finite: not every provider computes with infinity. */
export const LOWEST = -3e38;

/**
 * dx without being told the positions: for each place in the window, the outputs whose maximum lies there, unless it was
 * found at an earlier place. Takes as many passes over the image as the window has elements.
 */
export const maxPoolBySlices: Rule = (g, node, dy) => {
  const x = input(node, 0);
  const [size, outer] = [g.dims(x).slice(2), g.dims(dy).slice(2)];
  const win = poolWindow(g, node);
  const spans = outer.map((n, i) => at(win.strides, i) * (n - 1) + 1);
  const ends = size.map((n, i) => {
    const covered = at(spans, i) + at(win.dilations, i) * (at(win.kernel, i) - 1);
    return Math.max(0, covered - at(win.begins, i) - n);
  });
  const pads = [0, 0, ...win.begins, 0, 0, ...ends];
  const padded = pads.every((p) => p === 0) ? x : g.op('Pad', [x, g.ints(pads), g.scalar(LOWEST)]);
  const axes = size.map((_, i) => i + 2);
  let [dx, open]: (Name | undefined)[] = [];
  for (const place of placesOf(win)) {
    const values = g.slice(
      padded,
      axes,
      place,
      place.map((p, i) => p + at(spans, i)),
      win.strides,
    );
    const equal = g.compare('Equal', values, output(node));
    const here: Name = open === undefined ? equal : g.op('And', [equal, open]);
    const missing = g.op('Not', [equal]);
    open = open === undefined ? missing : g.op('And', [open, missing]);
    let part = g.mask(dy, here);
    win.strides.forEach((stride, i) => (part = interleaveZeros(g, part, i + 2, stride)));
    const before = place.map((p, i) => p - at(win.begins, i));
    const after = size.map((n, i) => n - at(spans, i) - at(before, i));
    const placed = g.pad(part, [0, 0, ...before, 0, 0, ...after]);
    dx = dx === undefined ? placed : g.add(dx, placed);
  }
  return [dx ?? g.expand(g.scalar(0), g.dims(x))];
};

/** The offsets of a window's elements, in row-major order. */
export function placesOf({ kernel, dilations }: Window): number[][] {
  let places: number[][] = [[]];
  kernel.forEach((k, axis) => {
    const steps = Array.from({ length: k }, (_, i) => i * at(dilations, axis));
    places = places.flatMap((place) => steps.map((step) => [...place, step]));
  });
  return places;
}

/** y = (Σ|x|ᵖ)^(1/p) over each window: dx = sign(x)·|x|ᵖ⁻¹·Σ dy·y^(1−p) over the windows that read x. */
const lpPool: Rule = (g, node, dy) => {
  const x = input(node, 0);
  const perWindow = overNorm(g, node, dy);
  return [
    g.mul(lpDerivative(g, node, x), spreadWindows(g, perWindow, g.dims(x).slice(2), poolWindow(g, node))),
  ];
};

const globalLpPool: Rule = (g, node, dy) => [
  g.mul(lpDerivative(g, node, input(node, 0)), overNorm(g, node, dy)),
];

/** dy·y^(1−p), and nothing where all of the window is zero. */
function overNorm(g: Builder, node: Node, dy: Name): Name {
  const [y, p] = [output(node), int(node, 'p', 2)];
  if (p === 1) return dy;
  return g.quotient(dy, p === 2 ? y : g.op('Pow', [y, g.scalar(p - 1)]));
}

/** sign(x)·|x|ᵖ⁻¹ */
function lpDerivative(g: Builder, node: Node, x: Name): Name {
  const p = int(node, 'p', 2);
  if (p === 2) return x;
  const sign = g.unary('Sign', x);
  return p === 1 ? sign : g.mul(sign, g.op('Pow', [g.unary('Abs', x), g.scalar(p - 1)]));
}

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
      return Math.max(count, 1);
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
  LpPool: lpPool,
  GlobalLpPool: globalLpPool,
};
