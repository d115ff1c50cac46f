/** Putting gradients back where values came from: zeros woven in for a stride, sums over windows for an average. */
import type { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { sizeOf } from '../graph/tensor.ts';
import type { Window } from './window.ts';

/** Zeros between the elements along one axis: a b c → a 0 b 0 c for step 2. */
export function interleaveZeros(g: Builder, x: Name, axis: number, step: number): Name {
  if (step === 1) return x;
  const dims = g.dims(x);
  const length = dims[axis] ?? 1;
  const spread = g.reshape(x, [...dims.slice(0, axis + 1), 1, ...dims.slice(axis + 1)]);
  const zeros = new Array<number>(dims.length + 1).fill(0);
  const behind = zeros.map((_, i) => (i === axis + 1 ? step - 1 : 0));
  const padded = g.pad(spread, [...zeros, ...behind]);
  const joined = g.reshape(
    padded,
    dims.map((d, i) => (i === axis ? d * step : d)),
  );
  return g.slice(joined, [axis], [0], [(length - 1) * step + 1]);
}

/**
 * Adjoint of summing over windows: every element of dy [N, C, …outer] is added to all of its window in the result
 * [N, C, …size]. That is again a sum over windows, of stride 1, once the stride's zeros are woven in.
 */
export function spreadWindows(g: Builder, dy: Name, size: readonly number[], win: Window): Name {
  const at = (list: readonly number[], i: number): number => list[i] ?? 0;
  let woven = dy;
  win.strides.forEach((stride, i) => (woven = interleaveZeros(g, woven, i + 2, stride)));
  const reach = win.kernel.map((k, i) => at(win.dilations, i) * (k - 1));
  const begins = reach.map((r, i) => r - at(win.begins, i));
  const ends = size.map((n, i) => n + at(reach, i) - g.dim(woven, i + 2) - at(begins, i));
  // A pooling accepts no padding as wide as its kernel; what the last window left unread may need more.
  const inside = [...begins, ...ends].every((pad, i) => pad < at(win.kernel, i % win.kernel.length));
  if (!inside) woven = g.pad(woven, [0, 0, ...begins, 0, 0, ...ends]);
  const zeros = begins.map(() => 0);
  const mean = g.op('AveragePool', [woven], {
    kernel_shape: win.kernel,
    strides: win.kernel.map(() => 1),
    dilations: win.dilations,
    pads: inside ? [...begins, ...ends] : [...zeros, ...zeros],
    count_include_pad: 1,
  });
  return g.scale(mean, sizeOf(win.kernel));
}
