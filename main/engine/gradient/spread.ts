/** Putting gradients back where values came from: zeros woven in for a stride, sums over windows for an average. */
import type { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { float32, sizeOf } from '../graph/tensor.ts';
import { at, type Window } from './window.ts';

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
  if (win.dilations.some((d) => d > 1)) return spreadDilated(g, dy, size, win);
  let woven = dy;
  win.strides.forEach((stride, i) => (woven = interleaveZeros(g, woven, i + 2, stride)));
  const reach = win.kernel.map((k) => k - 1);
  const begins = reach.map((r, i) => r - at(win.begins, i));
  const wanted = size.map((n, i) => n + at(reach, i) - g.dim(woven, i + 2) - at(begins, i));
  // A pooling accepts no padding as wide as its kernel: what no window has read is padded afterwards. (ONNX Runtime
  // would fuse a Pad before the pooling into it, and then refuse its own pads.)
  const ends = wanted.map((end, i) => Math.min(end, at(reach, i)));
  const mean = g.op('AveragePool', [woven], {
    kernel_shape: win.kernel,
    strides: win.kernel.map(() => 1),
    pads: [...begins, ...ends],
    count_include_pad: 1,
  });
  const spread = g.scale(mean, sizeOf(win.kernel));
  const unread = wanted.map((end, i) => end - at(ends, i));
  return g.pad(spread, [...new Array<number>(size.length + 4).fill(0), ...unread]);
}

/** The same for windows with gaps, by a transposed convolution with ones. */
function spreadDilated(g: Builder, dy: Name, size: readonly number[], win: Window): Name {
  const [n = 1, c = 1, ...outer] = g.dims(dy);
  const ones = g.constant(float32(new Float32Array(sizeOf(win.kernel)).fill(1), [1, 1, ...win.kernel]));
  const images = g.reshape(dy, [n * c, 1, ...outer]);
  const full = g.op('ConvTranspose', [images, ones], { strides: win.strides, dilations: win.dilations });
  const before = win.begins.map((p) => -p);
  const after = size.map((length, i) => length - g.dim(full, i + 2) - at(before, i));
  return g.reshape(g.pad(full, [0, 0, ...before, 0, 0, ...after]), [n, c, ...size]);
}
