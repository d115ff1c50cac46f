/** Matrix products. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { float, int } from '../../../graph/graph.ts';
import { broadcast } from '../../../graph/shapes/rule.ts';
import type { Operator, Operators } from '../operator.ts';
import { channelsFirst, plain, type TensorFlow } from '../value.ts';

/** Products of stacks of matrices; a vector counts as a matrix of one row (left) or one column (right). */
const matMul: Operator = (at) => {
  const { tf } = at;
  const result = [...at.outputDims()];
  return (read) => {
    const [a, b] = [channelsFirst(tf, read(0)), channelsFirst(tf, read(1))];
    const left = a.rank === 1 ? tf.reshape(a, [1, a.size]) : a;
    const right = b.rank === 1 ? tf.reshape(b, [b.size, 1]) : b;
    return plain(tf.reshape(tf.matMul(...stacked(tf, left, right)), result));
  };
};

/** The library multiplies wrongly where either stack has to be repeated, so both are made as high as each other. */
function stacked(tf: TensorFlow, a: Tensor, b: Tensor): [Tensor, Tensor] {
  const [over, under] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  if (over.join() === under.join()) return [a, b];
  const stack = [...broadcast(over, under)];
  return [
    tf.broadcastTo(a, [...stack, ...a.shape.slice(-2)]),
    tf.broadcastTo(b, [...stack, ...b.shape.slice(-2)]),
  ];
}

/** y = α·A′B′ + β·C, where a prime is an optional transposition. */
const gemm: Operator = (at) => {
  const { tf, node } = at;
  const [alpha, beta] = [float(node, 'alpha', 1), float(node, 'beta', 1)];
  const [left, right] = [int(node, 'transA', 0) === 1, int(node, 'transB', 0) === 1];
  return (read) => {
    const product = tf.matMul(channelsFirst(tf, read(0)), channelsFirst(tf, read(1)), left, right);
    const y = alpha === 1 ? product : tf.mul(product, alpha);
    if (!at.has(2) || beta === 0) return plain(y);
    return plain(tf.add(y, tf.mul(channelsFirst(tf, read(2)), beta)));
  };
};

export const matrix: Operators = { MatMul: matMul, Gemm: gemm };
