/** Operators that move elements about. Along which axis of a tensor depends on how it lies. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { int, text } from '../../../graph/graph.ts';
import { rangesOf, type SliceRange } from '../../../graph/shapes/joining.ts';
import { permutationOf } from '../../../graph/shapes/layout.ts';
import { axisOf } from '../../../graph/shapes/rule.ts';
import type { Operator, Operators, Place } from '../operator.ts';
import {
  alike,
  channelsFirst,
  channelsLast,
  dimsOf,
  image,
  inPlace,
  placeOf,
  plain,
  type TensorFlow,
  type Value,
} from '../value.ts';

const reshape: Operator = (at) => {
  const dims = [...at.outputDims()];
  return (read) => plain(at.tf.reshape(channelsFirst(at.tf, read(0)), dims));
};

const transpose: Operator = (at) => {
  const order = permutationOf(at.node, at.dims(0).length);
  return (read) => {
    const x = read(0);
    const places = order.map((axis) => placeOf(x, axis));
    const still = places.every((place, i) => place === i);
    return plain(still ? x.tensor : at.tf.transpose(x.tensor, places));
  };
};

const concat: Operator = (at) => {
  const axis = axisOf(int(at.node, 'axis', 0), at.outputDims().length);
  const inputs = [...at.node.inputs.keys()];
  return (read) => {
    const { tensors, wrap } = alike(at.tf, inputs.map(read));
    const [first] = tensors;
    if (first === undefined) return at.refuse('joins nothing');
    return wrap(tensors.length === 1 ? first : at.tf.concat(tensors, placeOf(wrap(first), axis)));
  };
};

const split: Operator = (at) => {
  const axis = axisOf(int(at.node, 'axis', 0), at.dims(0).length);
  const sizes = at.outputs.map(({ dims }) => dims[axis] ?? 0);
  return (read) => {
    const x = read(0);
    const parts = at.tf.split(x.tensor, sizes, placeOf(x, axis));
    return parts.map((tensor) => ({ tensor, channelsLast: x.channelsLast }));
  };
};

/** Slices of any step; backwards is forwards, turned round. */
const slice: Operator = (at) => {
  const ranges = rangesOf(at.inputs);
  const backwards = ranges.filter(({ step }) => step < 0).map(({ axis }) => axis);
  const starts = at.dims(0).map(() => 0);
  const counts = [...at.dims(0)];
  const steps = starts.map(() => 1);
  for (const { axis, count, step, ...range } of ranges) {
    starts[axis] = lowest({ axis, count, step, ...range });
    counts[axis] = count;
    steps[axis] = Math.abs(step);
  }
  return (read) => {
    const x = read(0);
    const [from, size, by] = [starts, counts, steps].map((list) => inPlace(x, list));
    const taken = cut(at.tf, x.tensor, from ?? [], size ?? [], by ?? []);
    const places = backwards.map((axis) => placeOf(x, axis));
    return {
      tensor: places.length === 0 ? taken : at.tf.reverse(taken, places),
      channelsLast: x.channelsLast,
    };
  };
};

const lowest = ({ start, step, count }: SliceRange): number =>
  step > 0 || count === 0 ? start : start + step * (count - 1);

/** `size` elements from `from` on along each axis, `by` apart. */
function cut(tf: TensorFlow, x: Tensor, from: number[], size: number[], by: number[]): Tensor {
  if (by.every((step) => step === 1)) return tf.slice(x, from, size);
  const ends = from.map((start, i) => start + ((size[i] ?? 1) - 1) * (by[i] ?? 1) + 1);
  return tf.stridedSlice(x, from, ends, by);
}

const pad: Operator = (at) => {
  const mode = text(at.node, 'mode', 'constant');
  const rank = at.dims(0).length;
  const given = at.numbers(1) ?? [];
  const axes = (at.numbers(3) ?? [...at.dims(0).keys()]).map((axis) => axisOf(axis, rank));
  const pads = at.dims(0).map((): [number, number] => [0, 0]);
  axes.forEach((axis, i) => (pads[axis] = [given[i] ?? 0, given[i + axes.length] ?? 0]));
  const [fill = 0] = at.numbers(2) ?? [];
  return mode === 'constant' ? padWith(at, pads, fill) : padByCopies(at, pads, mode);
};

const padWith = (at: Place, pads: readonly [number, number][], fill: number) => {
  const dims = at.dims(0);
  const from = pads.map(([before]) => Math.max(0, -before));
  const size = dims.map((d, i) => d + Math.min(0, pads[i]?.[0] ?? 0) + Math.min(0, pads[i]?.[1] ?? 0));
  const crops = size.some((d, i) => d !== dims[i]);
  const grown = pads
    .map((both) => both.map((p) => Math.max(0, p)))
    .map(([a = 0, b = 0]): [number, number] => [a, b]);
  const grows = grown.some(([before, after]) => before + after > 0);
  return (read: (input: number) => Value): Value => {
    const x = read(0);
    const inner = crops ? at.tf.slice(x.tensor, inPlace(x, from), inPlace(x, size)) : x.tensor;
    return {
      tensor: grows ? at.tf.pad(inner, inPlace(x, grown), fill) : inner,
      channelsLast: x.channelsLast,
    };
  };
};

/** Where position `i` of a padded axis is copied from. */
function copiedFrom(mode: string, i: number, size: number): number {
  if (mode === 'edge') return Math.min(Math.max(i, 0), size - 1);
  if (mode === 'wrap') return ((i % size) + size) % size;
  const turned = i < 0 ? -i : i;
  return turned < size ? turned : 2 * (size - 1) - turned;
}

const padByCopies = (at: Place, pads: readonly [number, number][], mode: string) => {
  const sources = pads.flatMap(([before, after], axis) => {
    const size = at.dims(0)[axis] ?? 1;
    if (before === 0 && after === 0) return [];
    const positions = Array.from({ length: before + size + after }, (_, i) =>
      copiedFrom(mode, i - before, size),
    );
    return [{ axis, positions: at.keep(() => at.tf.tensor1d(positions, 'int32')) }];
  });
  return (read: (input: number) => Value): Value => {
    const x = read(0);
    const tensor = sources.reduce(
      (sum, { axis, positions }) => at.tf.gather(sum, positions, placeOf(x, axis)),
      x.tensor,
    );
    return { tensor, channelsLast: x.channelsLast };
  };
};

/** Stretches axes of size 1, in the layout that it finds. */
const expand: Operator = (at) => {
  const dims = [...at.outputDims()];
  return (read) => {
    const x = read(0);
    if (!x.channelsLast || dims.length !== 4) return plain(at.tf.broadcastTo(channelsFirst(at.tf, x), dims));
    return image(at.tf.broadcastTo(x.tensor, inPlace(x, dims)));
  };
};

const tile: Operator = (at) => {
  const repeats = at.numbers(1) ?? [];
  return (read) => {
    const x = read(0);
    return { tensor: at.tf.tile(x.tensor, inPlace(x, repeats)), channelsLast: x.channelsLast };
  };
};

/**
 * Spreads the channels of a block over it. TensorFlow has those of a pixel together, block by block (DCR), so that all but a
 * row of the block stays together; the other order is sorted first.
 */
const depthToSpace: Operator = (at) => {
  const { tf, node } = at;
  const s = int(node, 'blocksize', 1);
  const [n = 1, c = 1, h = 1, w = 1] = at.outputDims();
  const byBlock = text(node, 'mode', 'DCR') === 'DCR';
  return (read) => {
    const x = channelsLast(tf, read(0));
    const sorted = byBlock ? x : tf.transpose(tf.reshape(x, [(n * h * w) / (s * s), c, s * s]), [0, 2, 1]);
    const rows = tf.transpose(tf.reshape(sorted, [(n * h) / s, w / s, s, s * c]), [0, 2, 1, 3]);
    return image(tf.reshape(rows, [n, h, w, c]));
  };
};

/** The inverse: the pixels of a block become channels of one. */
const spaceToDepth: Operator = (at) => {
  const { tf, node } = at;
  const s = int(node, 'blocksize', 1);
  const [n = 1, c = 1, h = 1, w = 1] = at.outputDims();
  return (read) => {
    const rows = tf.reshape(channelsLast(tf, read(0)), [n * h, s, w, c / s]);
    return image(tf.reshape(tf.transpose(rows, [0, 2, 1, 3]), [n, h, w, c]));
  };
};

const gather: Operator = (at) => {
  const { tf } = at;
  const dims = at.dims(0);
  const axis = axisOf(int(at.node, 'axis', 0), dims.length);
  const size = dims[axis] ?? 1;
  const wanted = (at.numbers(1) ?? []).map((i) => (i < 0 ? i + size : i));
  const positions = at.keep(() => tf.tensor1d(wanted, 'int32'));
  const result = [...at.outputDims()];
  return (read) => {
    const x = read(0);
    const tensor = tf.gather(x.tensor, positions, placeOf(x, axis));
    const value = { tensor, channelsLast: x.channelsLast };
    const same = dimsOf(value).length === result.length && at.dims(1).length === 1;
    return same ? value : plain(tf.reshape(channelsFirst(tf, value), result));
  };
};

export const movement: Operators = {
  Reshape: reshape,
  Flatten: reshape,
  Squeeze: reshape,
  Unsqueeze: reshape,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  Expand: expand,
  Tile: tile,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Gather: gather,
};
