/** Normalisations and softmaxes. Statistics are recomputed where the operator does not report them. */
import type { Builder } from '../../graph/builder.ts';
import type { Name, Node } from '../../graph/graph.ts';
import { int } from '../../graph/graph.ts';
import type { Rule, Rules } from '../rule.ts';
import { input, output } from '../rule.ts';

const float = (node: Node, key: string, fallback: number): number => {
  const value = node.attributes[key];
  return typeof value === 'number' ? value : fallback;
};

/** [C] as [C, 1, 1 …], to broadcast over the channels of a tensor of that rank. */
const perChannel = (g: Builder, v: Name, rank: number): Name =>
  g.reshape(v, [g.dim(v, 0), ...new Array<number>(rank - 2).fill(1)]);

/** At inference a batch normalisation is an affine map per channel: dx = dy·γ/√(σ² + ε). */
const batchNormalization: Rule = (g, node, dy) => {
  const rank = g.dims(dy).length;
  const variance = g.add(input(node, 4), g.scalar(float(node, 'epsilon', 1e-5)));
  const slope = g.div(input(node, 1), g.unary('Sqrt', variance));
  return [g.mul(dy, perChannel(g, slope, rank)), null, null, null, null];
};

/**
 * Gradient of x̂ = (x − μ)/σ over `axes`, given the gradient of x̂: (d − mean(d) − x̂·mean(d·x̂))/σ (Ba et al. 2016).
 */
function standardise(g: Builder, x: Name, dNormal: Name, axes: readonly number[], epsilon: number): Name {
  const centred = g.sub(x, g.reduce('ReduceMean', x, axes, true));
  const variance = g.reduce('ReduceMean', g.square(centred), axes, true);
  const inverse = g.unary('Reciprocal', g.unary('Sqrt', g.add(variance, g.scalar(epsilon))));
  const normal = g.mul(centred, inverse);
  const along = g.reduce('ReduceMean', g.mul(dNormal, normal), axes, true);
  const level = g.reduce('ReduceMean', dNormal, axes, true);
  return g.mul(g.sub(g.sub(dNormal, level), g.mul(normal, along)), inverse);
}

const layerNormalization: Rule = (g, node, dy) => {
  const x = input(node, 0);
  const rank = g.dims(x).length;
  const first = int(node, 'axis', -1);
  const start = first < 0 ? first + rank : first;
  const axes = Array.from({ length: rank - start }, (_, i) => start + i);
  return [standardise(g, x, g.mul(dy, input(node, 1)), axes, float(node, 'epsilon', 1e-5)), null, null];
};

const instanceNormalization: Rule = (g, node, dy) => {
  const x = input(node, 0);
  const rank = g.dims(x).length;
  const axes = Array.from({ length: rank - 2 }, (_, i) => i + 2);
  const dNormal = g.mul(dy, perChannel(g, input(node, 1), rank));
  return [standardise(g, x, dNormal, axes, float(node, 'epsilon', 1e-5)), null, null];
};

/** Statistics over each group of channels; opset 20 scales per group. */
const groupNormalization: Rule = (g, node, dy) => {
  const x = input(node, 0);
  const dims = g.dims(x);
  const groups = int(node, 'num_groups', 1);
  const [n = 1, c = 1, ...rest] = dims;
  const grouped = [n, groups, c / groups, ...rest];
  const scale = input(node, 1);
  const shape = g.dim(scale, 0) === c ? [1, groups, c / groups] : [1, groups, 1];
  const factor = g.reshape(scale, [...shape, ...rest.map(() => 1)]);
  const dNormal = g.mul(g.reshape(dy, grouped), factor);
  const axes = Array.from({ length: rest.length + 1 }, (_, i) => i + 2);
  const dx = standardise(g, g.reshape(x, grouped), dNormal, axes, float(node, 'epsilon', 1e-5));
  return [g.reshape(dx, dims), null, null];
};

/** Mean over a window of `size` neighbouring channels, counting those outside as 0. */
function channelMean(g: Builder, x: Name, size: number, adjoint: boolean): Name {
  const [n = 1, c = 1, ...rest] = g.dims(x);
  const [less, more] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const [before, after] = adjoint ? [more, less] : [less, more];
  const spatial = rest.reduce((a, b) => a * b, 1);
  const stacked = g.reshape(x, [n, 1, c, spatial]);
  const attributes = {
    kernel_shape: [size, 1],
    strides: [1, 1],
    pads: [before, 0, after, 0],
    count_include_pad: 1,
  };
  return g.reshape(g.op('AveragePool', [stacked], attributes), [n, c, ...rest]);
}

/**
 * y = x·d^−β with d = κ + α·(mean of x² over `size` channels) (Krizhevsky et al. 2012), so
 * dx = dy·d^−β − 2αβ·x·mean′(dy·y/d), where mean′ is the adjoint of the mean.
 */
const lrn: Rule = (g, node, dy) => {
  const x = input(node, 0);
  const size = int(node, 'size', 1);
  const [alpha, beta] = [float(node, 'alpha', 1e-4), float(node, 'beta', 0.75)];
  const d = g.add(g.scale(channelMean(g, g.square(x), size, false), alpha), g.scalar(float(node, 'bias', 1)));
  const direct = g.mul(dy, inversePower(g, d, beta));
  const shared = channelMean(g, g.div(g.mul(dy, output(node)), d), size, true);
  return [g.sub(direct, g.scale(g.mul(x, shared), 2 * alpha * beta))];
};

/** d^−β for d > 0; the usual β = 3/4 by two square roots, which are several times faster than a power. */
function inversePower(g: Builder, d: Name, beta: number): Name {
  if (beta !== 0.75) return g.op('Pow', [d, g.scalar(-beta)]);
  const root = g.unary('Sqrt', d);
  return g.unary('Reciprocal', g.mul(root, g.unary('Sqrt', root)));
}

/** dx = y·(dy − Σ dy·y) along the axis. */
const softmax: Rule = (g, node, dy) => {
  const y = output(node);
  const axis = int(node, 'axis', -1);
  const weighted = g.reduce('ReduceSum', g.mul(dy, y), [axis], true);
  return [g.mul(y, g.sub(dy, weighted))];
};

/** dx = dy − eʸ·Σ dy along the axis. */
const logSoftmax: Rule = (g, node, dy) => {
  const total = g.reduce('ReduceSum', dy, [int(node, 'axis', -1)], true);
  return [g.sub(dy, g.mul(g.unary('Exp', output(node)), total))];
};

/** y = x/|x|ₚ: for p = 2, dx = (dy − y·Σ dy·y)/|x|. */
const lpNormalization: Rule = (g, node, dy) => {
  if (int(node, 'p', 2) !== 2)
    throw new Error(`LpNormalization "${node.name}" with p = 1 has no gradient rule.`);
  const [x, y] = [input(node, 0), output(node)];
  const axis = [int(node, 'axis', -1)];
  const norm = g.op('ReduceL2', [x, g.ints(axis)], { keepdims: 1 });
  const along = g.reduce('ReduceSum', g.mul(dy, y), axis, true);
  return [g.div(g.sub(dy, g.mul(y, along)), norm)];
};

export const normalisation: Rules = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  LRN: lrn,
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  LpNormalization: lpNormalization,
};
