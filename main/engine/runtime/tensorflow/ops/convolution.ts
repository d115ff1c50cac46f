/** Convolutions, plain and transposed, over one or two spatial axes; the filter of a constant is turned round once. */
import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { int, ints } from '../../../graph/graph.ts';
import { windowOf, type Window } from '../../../graph/shapes/window.ts';
import type { Operators, Place } from '../operator.ts';
import { channelsFirst, channelsLast, image, plain, type TensorFlow, type Value } from '../value.ts';

/** A window over two axes; one axis is a second one of size 1. */
interface Window2 {
  readonly strides: [number, number];
  readonly dilations: [number, number];
  /** Above, left, below, right. */
  readonly pads: readonly [number, number, number, number];
}

const pair = (list: readonly number[], fallback: number): [number, number] =>
  list.length === 1 ? [fallback, list[0] ?? fallback] : [list[0] ?? fallback, list[1] ?? fallback];

function inTwoAxes(at: Place, { strides, dilations, pads, kernel }: Window): Window2 {
  const axes = kernel.length;
  if (axes > 2) at.refuse(`slides over ${axes} axes`);
  const [top, left] = pair(pads.slice(0, axes), 0);
  const [bottom, right] = pair(pads.slice(axes), 0);
  return { strides: pair(strides, 1), dilations: pair(dilations, 1), pads: [top, left, bottom, right] };
}

/** [N, H, W, C] of a picture, or of a row as a picture one pixel high. */
function pictures(tf: TensorFlow, value: Value): Tensor4D {
  if (value.tensor.rank === 4) return tf.reshape(channelsLast(tf, value), channelsLastShape(value));
  const [n = 1, c = 1, length = 1] = value.tensor.shape;
  return tf.reshape(tf.transpose(value.tensor, [0, 2, 1]), [n, 1, length, c]);
}

function channelsLastShape({ tensor, channelsLast: already }: Value): [number, number, number, number] {
  const [a = 1, b = 1, c = 1, d = 1] = tensor.shape;
  return already ? [a, b, c, d] : [a, c, d, b];
}

/** What `pictures` was given, with another number of channels. */
function restored(tf: TensorFlow, y: Tensor4D, axes: number): Value {
  if (axes === 2) return image(y);
  const [n, , length, c] = y.shape;
  return plain(tf.transpose(tf.reshape(y, [n, length, c]) satisfies Tensor3D, [0, 2, 1]));
}

/** Filters [M, C/groups, …] as [height, width, C/groups, M], for convolutions of one group. */
const asFilter = (tf: TensorFlow, w: Tensor): Tensor4D => tf.transpose(planar(tf, w), [2, 3, 1, 0]);

/** Filters of channels that are convolved on their own, [C·m, 1, …] as [height, width, C, m]. */
function asDepthwise(tf: TensorFlow, w: Tensor, channels: number): Tensor4D {
  const [m, , h, width] = planar(tf, w).shape;
  const spread: Tensor4D = tf.reshape(w, [channels, m / channels, h, width]);
  return tf.transpose(spread, [2, 3, 0, 1]);
}

function planar(tf: TensorFlow, w: Tensor): Tensor4D {
  const [m = 1, c = 1, a = 1, b] = w.shape;
  return tf.reshape(w, b === undefined ? [m, c, 1, a] : [m, c, a, b]);
}

/** Pads or, where negative, nothing: a crop is done by its own operator. */
function padded(tf: TensorFlow, x: Tensor4D, [top, left, bottom, right]: Window2['pads']): Tensor4D {
  if (top + left + bottom + right === 0) return x;
  return tf.pad4d(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
}

/** Splits the groups of a filter [M, C/groups, …] that lie one behind the other. */
const groupsOfFilter = (tf: TensorFlow, w: Tensor, groups: number): Tensor[] =>
  groups === 1 ? [w] : tf.split(w, groups, 0);

/** The filter in the form that the kernel takes, made once where it is a constant. */
function filters(at: Place, make: (w: Tensor) => Tensor4D[]): (w: () => Value) => Tensor4D[] {
  const constant = at.constant(1);
  if (constant?.type !== 'float32') return (w) => make(channelsFirst(at.tf, w()));
  const { tf } = at;
  // Which tensors there are is decided inside the one scope, from which all of them are kept.
  const kept = tf.tidy(() => make(tf.tensor(constant.data, [...constant.dims])));
  const made = kept.map((filter) => at.keep(() => tf.clone(filter)));
  tf.dispose(kept);
  return () => made;
}

function conv(at: Place) {
  const { tf, node } = at;
  const [, channels = 1, ...spatial] = at.dims(0);
  const [outputs = 1, , ...kernel] = at.dims(1);
  const win = inTwoAxes(at, windowOf(node, spatial, kernel));
  const groups = int(node, 'group', 1);
  const { strides } = win;
  // The library accepts strides or gaps; where there are both, the gaps are written into the filter.
  const gaps: [number, number] = strides.every((s) => s === 1) ? [1, 1] : win.dilations;
  const dilations: [number, number] = strides.every((s) => s === 1) ? win.dilations : [1, 1];
  const depthwise = groups > 1 && groups === channels && outputs % channels === 0;
  const read = filters(at, (w) => {
    const parts = depthwise
      ? [asDepthwise(tf, w, channels)]
      : groupsOfFilter(tf, w, groups).map((part) => asFilter(tf, part));
    return parts.map((part) => spreadFilter(tf, part, gaps));
  });
  const convolve = (x: Tensor4D, filter: Tensor4D): Tensor4D =>
    depthwise
      ? tf.depthwiseConv2d(x, filter, strides, 'valid', 'NHWC', dilations)
      : tf.conv2d(x, filter, strides, 'valid', 'NHWC', dilations);
  return (input: (i: number) => Value): Value => {
    const x = padded(tf, pictures(tf, input(0)), win.pads);
    const all = read(() => input(1));
    const parts: Tensor4D[] = all.length === 1 ? [x] : tf.split(x, all.length, 3);
    const results = all.flatMap((filter, i) => {
      const part = parts[i];
      return part === undefined ? [] : [convolve(part, filter)];
    });
    const [first] = results;
    const y = results.length === 1 && first !== undefined ? first : tf.concat(results, 3);
    return restored(tf, at.has(2) ? tf.add(y, input(2).tensor) : y, spatial.length);
  };
}

/** The adjoint of a convolution; dilated filters are written out with their gaps. */
function convTranspose(at: Place) {
  const { tf, node } = at;
  const [batch = 1, , ...spatial] = at.dims(0);
  const [, perGroup = 1, ...kernel] = at.dims(1);
  const size = at.outputDims().slice(2);
  const groups = int(node, 'group', 1);
  const win = inTwoAxes(at, { ...windowOf(node, size, kernel), pads: transposedPads(at, spatial, kernel) });
  const { strides, dilations, pads } = win;
  const [rows, columns] = pair(spatial, 1);
  const [kernelRows, kernelColumns] = pair(kernel, 1);
  const [height, width] = pair(size, 1);
  const full = [
    strides[0] * (rows - 1) + dilations[0] * (kernelRows - 1) + 1,
    strides[1] * (columns - 1) + dilations[1] * (kernelColumns - 1) + 1,
  ] as const;
  const read = filters(at, (w) =>
    groupsOfFilter(tf, w, groups).map((part) => spreadFilter(tf, asFilter(tf, part), dilations)),
  );
  const [top, left] = pads;
  const missing = [Math.max(0, top + height - full[0]), Math.max(0, left + width - full[1])] as const;
  return (input: (i: number) => Value): Value => {
    const x = pictures(tf, input(0));
    const all = read(() => input(1));
    const parts: Tensor4D[] = groups === 1 ? [x] : tf.split(x, groups, 3);
    const results = all.flatMap((filter, i) => {
      const part = parts[i];
      if (part === undefined) return [];
      return [tf.conv2dTranspose(part, filter, [batch, full[0], full[1], perGroup], strides, 'valid')];
    });
    const [first] = results;
    const whole = results.length === 1 && first !== undefined ? first : tf.concat(results, 3);
    const extended = padded(tf, whole, [0, 0, missing[0], missing[1]]);
    const y = tf.slice4d(extended, [0, top, left, 0], [batch, height, width, perGroup * groups]);
    return restored(tf, at.has(2) ? tf.add(y, input(2).tensor) : y, spatial.length);
  };
}

/** Pads of a transposed convolution: given, or such that the given shape comes out. */
function transposedPads(at: Place, spatial: readonly number[], kernel: readonly number[]): readonly number[] {
  const { node } = at;
  const size = at.outputDims().slice(2);
  const win = windowOf(node, size, kernel);
  if (ints(node, 'output_shape', []).length === 0) return win.pads;
  const extra = ints(node, 'output_padding', new Array<number>(kernel.length).fill(0));
  const upper = node.attributes['auto_pad'] === 'SAME_UPPER';
  const begins = spatial.map((n, i) => {
    const reach = (win.strides[i] ?? 1) * (n - 1) + (win.dilations[i] ?? 1) * ((kernel[i] ?? 1) - 1) + 1;
    const total = Math.max(0, reach + (extra[i] ?? 0) - (size[i] ?? 1));
    return upper ? Math.floor(total / 2) : Math.ceil(total / 2);
  });
  return [...begins, ...begins];
}

/** A filter [h, w, …] with zeros between its rows and columns. */
function spreadFilter(
  tf: TensorFlow,
  filter: Tensor4D,
  [rows, columns]: readonly [number, number],
): Tensor4D {
  if (rows === 1 && columns === 1) return filter;
  const [h, w, a, b] = filter.shape;
  const spread = tf.reshape(filter, [h, 1, w, 1, a, b]);
  const gaps: [number, number][] = [
    [0, 0],
    [0, rows - 1],
    [0, 0],
    [0, columns - 1],
    [0, 0],
    [0, 0],
  ];
  const wide: Tensor4D = tf.reshape(tf.pad(spread, gaps), [h * rows, w * columns, a, b]);
  return tf.slice4d(wide, [0, 0, 0, 0], [(h - 1) * rows + 1, (w - 1) * columns + 1, a, b]);
}

export const convolution: Operators = { Conv: conv, ConvTranspose: convTranspose };
