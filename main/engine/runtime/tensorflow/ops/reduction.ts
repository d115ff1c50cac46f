/** Sums and the like along axes, softmaxes and the normalisations that networks bring along. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { float, int } from '../../../graph/graph.ts';
import { reducedAxes } from '../../../graph/shapes/reduction.ts';
import { axisOf } from '../../../graph/shapes/rule.ts';
import type { Operator, Operators } from '../operator.ts';
import { channelsFirst, channelsLast, image, placeOf, plain, type TensorFlow } from '../value.ts';

type Summary = (tf: TensorFlow, x: Tensor, axes: number[]) => Tensor;

const reduce =
  (summarise: Summary): Operator =>
  (at) => {
    const { tf, node } = at;
    const axes = reducedAxes(node, at.inputs);
    const result = [...at.outputDims()];
    const keeps = int(node, 'keepdims', 1) !== 0;
    return (read) => {
      const x = read(0);
      if (axes === undefined) return x;
      const tensor = summarise(
        tf,
        x.tensor,
        axes.map((axis) => placeOf(x, axis)),
      );
      const value = { tensor, channelsLast: x.channelsLast };
      return keeps ? value : plain(tf.reshape(channelsFirst(tf, value), result));
    };
  };

/** The position of the largest or smallest element. */
const chosen =
  (choose: (tf: TensorFlow, x: Tensor, axis: number) => Tensor): Operator =>
  (at) => {
    const axis = axisOf(int(at.node, 'axis', 0), at.dims(0).length);
    const result = [...at.outputDims()];
    return (read) => plain(at.tf.reshape(choose(at.tf, channelsFirst(at.tf, read(0)), axis), result));
  };

/** A softmax along an axis, which the library has for the last one alone. */
const alongAxis =
  (f: (tf: TensorFlow, x: Tensor) => Tensor): Operator =>
  (at) => {
    const { tf, node } = at;
    const rank = at.dims(0).length;
    const axis = axisOf(int(node, 'axis', -1), rank);
    const swap = Array.from({ length: rank }, (_, i) => (i === axis ? rank - 1 : i === rank - 1 ? axis : i));
    return (read) => {
      const x = read(0);
      if (placeOf(x, axis) === rank - 1) return { tensor: f(tf, x.tensor), channelsLast: x.channelsLast };
      return plain(tf.transpose(f(tf, tf.transpose(channelsFirst(tf, x), swap)), swap));
    };
  };

/** y = γ·(x − μ)/√(σ² + ε) + β, each of them a number for a channel. */
const batchNormalization: Operator = (at) => {
  const { tf, node } = at;
  const epsilon = float(node, 'epsilon', 1e-5);
  const rank = at.dims(0).length;
  return (read) => {
    const x = read(0);
    const [scale, shift, mean, variance] = [1, 2, 3, 4].map((i) => read(i).tensor);
    if (scale === undefined || shift === undefined || mean === undefined || variance === undefined)
      return at.refuse('lacks a statistic');
    const factor = tf.div(scale, tf.sqrt(tf.add(variance, epsilon)));
    const place = placeOf(x, 1);
    const spread = (v: Tensor): Tensor =>
      tf.reshape(
        v,
        Array.from({ length: rank }, (_, i) => (i === place ? v.size : 1)),
      );
    const tensor = tf.add(tf.mul(tf.sub(x.tensor, spread(mean)), spread(factor)), spread(shift));
    return { tensor, channelsLast: x.channelsLast };
  };
};

/** Responses divided by those of neighbouring channels; ONNX gives α for the mean of them, TensorFlow for their sum. */
const lrn: Operator = (at) => {
  const { tf, node } = at;
  const size = int(node, 'size', 1);
  if (size % 2 === 0 || at.dims(0).length !== 4) at.refuse('has an even number of neighbours, or no picture');
  const [alpha, beta, bias] = [float(node, 'alpha', 1e-4), float(node, 'beta', 0.75), float(node, 'bias', 1)];
  return (read) => {
    const x = channelsLast(tf, read(0));
    const [n = 1, h = 1, w = 1, c = 1] = x.shape;
    const picture: Tensor4D = tf.reshape(x, [n, h, w, c]);
    return image(tf.localResponseNormalization(picture, (size - 1) / 2, bias, alpha / size, beta));
  };
};

export const reduction: Operators = {
  ReduceSum: reduce((tf, x, axes) => tf.sum(x, axes, true)),
  ReduceMean: reduce((tf, x, axes) => tf.mean(x, axes, true)),
  ReduceMax: reduce((tf, x, axes) => tf.max(x, axes, true)),
  ReduceMin: reduce((tf, x, axes) => tf.min(x, axes, true)),
  ReduceProd: reduce((tf, x, axes) => tf.prod(x, axes, true)),
  ReduceL1: reduce((tf, x, axes) => tf.sum(tf.abs(x), axes, true)),
  ReduceL2: reduce((tf, x, axes) => tf.sqrt(tf.sum(tf.square(x), axes, true))),
  ReduceSumSquare: reduce((tf, x, axes) => tf.sum(tf.square(x), axes, true)),
  ReduceLogSum: reduce((tf, x, axes) => tf.log(tf.sum(x, axes, true))),
  ReduceLogSumExp: reduce((tf, x, axes) => tf.logSumExp(x, axes, true)),
  ArgMax: chosen((tf, x, axis) => tf.argMax(x, axis)),
  ArgMin: chosen((tf, x, axis) => tf.argMin(x, axis)),
  Softmax: alongAxis((tf, x) => tf.softmax(x)),
  LogSoftmax: alongAxis((tf, x) => tf.logSoftmax(x)),
  BatchNormalization: batchNormalization,
  LRN: lrn,
};
