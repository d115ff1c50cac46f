/** Poolings over pictures, and summaries of whole channels. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { int, ints, type Node } from '../../../graph/graph.ts';
import { windowOf, type Window } from '../../../graph/shapes/window.ts';
import type { Operator, Operators, Place } from '../operator.ts';
import { channelsLast, image, placeOf, type TensorFlow } from '../value.ts';

/** Below every activation, and finite, as the gradients of ONNX Runtime's providers have it. */
const LOWEST = -3e38;

interface Pooling {
  readonly size: [number, number];
  readonly strides: [number, number];
  /** Rows above and below, columns left and right; so many below and to the right that all positions fit. */
  readonly pads: [[number, number], [number, number]];
}

function poolingOf(at: Place): { win: Window; pooling: Pooling } {
  const spatial = at.dims(0).slice(2);
  if (spatial.length !== 2) at.refuse(`slides over ${spatial.length} axes`);
  const win = windowOf(at.node, spatial, ints(at.node, 'kernel_shape', []));
  if (win.dilations.some((d) => d !== 1)) at.refuse('has a window with gaps');
  const outer = at.outputDims().slice(2);
  const [rows, columns] = [0, 1].map((i): [number, number] => {
    const [begin = 0, stride = 1, kernel = 1] = [win.pads[i], win.strides[i], win.kernel[i]];
    const reach = ((outer[i] ?? 1) - 1) * stride + kernel;
    return [begin, Math.max(0, reach - begin - (spatial[i] ?? 1))];
  });
  const [height = 1, width = 1] = win.kernel;
  const [down = 1, right = 1] = win.strides;
  const pads: Pooling['pads'] = [rows ?? [0, 0], columns ?? [0, 0]];
  return { win, pooling: { size: [height, width], strides: [down, right], pads } };
}

function framed(tf: TensorFlow, x: Tensor, { pads }: Pooling, fill: number): Tensor4D {
  const [n = 1, h = 1, w = 1, c = 1] = x.shape;
  const picture: Tensor4D = tf.reshape(x, [n, h, w, c]);
  const none = pads.every(([before, after]) => before + after === 0);
  return none ? picture : tf.pad4d(picture, [[0, 0], ...pads, [0, 0]], fill);
}

const maxPool: Operator = (at) => {
  const { tf, node } = at;
  if ((node.outputs[1] ?? '') !== '') at.refuse('asks where the maxima lie');
  const { pooling } = poolingOf(at);
  return (read) =>
    image(
      tf.maxPool(
        framed(tf, channelsLast(tf, read(0)), pooling, LOWEST),
        pooling.size,
        pooling.strides,
        'valid',
      ),
    );
};

const averagePool: Operator = (at) => {
  const { tf, node } = at;
  const { win, pooling } = poolingOf(at);
  const [height, width] = pooling.size;
  // What lies outside counts as zero, so the mean over the window is that over its counted elements times their share.
  const shares = windowShares(at, node, win).map((count) => (height * width) / count);
  const uniform = shares.every((share) => share === 1);
  const [, , rows = 1, columns = 1] = at.outputDims();
  const correction = uniform ? undefined : at.keep(() => tf.tensor(shares, [1, rows, columns, 1]));
  return (read) => {
    const x = framed(tf, channelsLast(tf, read(0)), pooling, 0);
    const means = tf.avgPool(x, pooling.size, pooling.strides, 'valid');
    return image(correction === undefined ? means : tf.mul(means, correction));
  };
};

/** How many elements each position of an average pooling divides by. */
function windowShares(at: Place, node: Node, win: Window): number[] {
  const spatial = at.dims(0).slice(2);
  const withPadding = int(node, 'count_include_pad', 0) === 1;
  const along = spatial.map((size, i) => {
    const [begin = 0, end = 0] = [win.pads[i], win.pads[i + 2]];
    return Array.from({ length: at.outputDims()[i + 2] ?? 1 }, (_, position) => {
      const first = position * (win.strides[i] ?? 1) - begin;
      const last = Math.min(first + (win.kernel[i] ?? 1), withPadding ? size + end : size);
      return Math.max(1, last - (withPadding ? first : Math.max(first, 0)));
    });
  });
  const [rows = [], columns = []] = along;
  return rows.flatMap((row) => columns.map((column) => row * column));
}

/** A number for each channel of each picture. */
const overChannels =
  (summarise: (tf: TensorFlow, x: Tensor, axes: number[]) => Tensor): Operator =>
  (at) => {
    const axes = at.dims(0).flatMap((_, axis) => (axis < 2 ? [] : [axis]));
    return (read) => {
      const x = read(0);
      const places = axes.map((axis) => placeOf(x, axis));
      return { tensor: summarise(at.tf, x.tensor, places), channelsLast: x.channelsLast };
    };
  };

export const pooling: Operators = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: overChannels((tf, x, axes) => tf.mean(x, axes, true)),
  GlobalMaxPool: overChannels((tf, x, axes) => tf.max(x, axes, true)),
};
