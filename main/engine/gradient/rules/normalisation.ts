/** Normalisations and softmaxes. Statistics are recomputed where the operator does not report them. */
import type { Builder } from '../../graph/builder.ts';
import type { Name } from '../../graph/graph.ts';
import { float, int, ints } from '../../graph/graph.ts';
import type { Rule, Rules } from '../rule.ts';
import { FLAT, input, output, refuse } from '../rule.ts';

/** [C] as [C, 1, 1 …], to broadcast over the channels of a tensor of that rank. */
const perChannel = (g: Builder, v: Name, rank: number): Name =>
  g.reshape(v, [g.dim(v, 0), ...new Array<number>(rank - 2).fill(1)]);

/** Sums all axes but the channels'. */
const sumPerChannel = (g: Builder, x: Name): Name =>
  g.reduce(
    'ReduceSum',
    x,
    g.dims(x).flatMap((_, axis) => (axis === 1 ? [] : [axis])),
    false,
  );

/** At inference a batch normalisation is an affine map per channel: dx = dy·γ/√(σ² + ε). */
const batchNormalization: Rule = (g, node, dy, demand) => {
  const rank = g.dims(dy).length;
  const deviation = g.unary('Sqrt', g.add(input(node, 4), g.scalar(float(node, 'epsilon', 1e-5))));
  const factor = g.div(input(node, 1), deviation);
  const centred = (): Name => g.sub(input(node, 0), perChannel(g, input(node, 3), rank));
  return [
    g.mul(dy, perChannel(g, factor, rank)),
    demand.wants(1) ? g.div(sumPerChannel(g, g.mul(dy, centred())), deviation) : null,
    demand.wants(2) ? sumPerChannel(g, dy) : null,
  ];
};

/** x̂ = (x − μ)/σ over some axes. */
interface Standardised {
  readonly normal: Name;
  /** 1/σ. */
  readonly inverse: Name;
  readonly axes: readonly number[];
}

function standardise(g: Builder, x: Name, axes: readonly number[], epsilon: number): Standardised {
  const centred = g.sub(x, g.reduce('ReduceMean', x, axes, true));
  const variance = g.reduce('ReduceMean', g.square(centred), axes, true);
  const inverse = g.unary('Reciprocal', g.unary('Sqrt', g.add(variance, g.scalar(epsilon))));
  return { normal: g.mul(centred, inverse), inverse, axes };
}

/** dx given the gradient d of x̂: (d − mean(d) − x̂·mean(d·x̂))/σ (Ba et al. 2016). */
function standardiseGradient(g: Builder, { normal, inverse, axes }: Standardised, d: Name): Name {
  const along = g.reduce('ReduceMean', g.mul(d, normal), axes, true);
  const level = g.reduce('ReduceMean', d, axes, true);
  return g.mul(g.sub(g.sub(d, level), g.mul(normal, along)), inverse);
}

const layerNormalization: Rule = (g, node, dy, { dys }) => {
  if (dys.slice(1).some((d) => d !== null))
    refuse(node, 'gives its statistics to the layer, for which there is no gradient');
  const x = input(node, 0);
  const rank = g.dims(x).length;
  const first = int(node, 'axis', -1);
  const start = first < 0 ? first + rank : first;
  const axes = Array.from({ length: rank - start }, (_, i) => start + i);
  const standard = standardise(g, x, axes, float(node, 'epsilon', 1e-5));
  const dx = standardiseGradient(g, standard, g.mul(dy, input(node, 1)));
  return [dx, g.mul(dy, standard.normal), dy];
};

const instanceNormalization: Rule = (g, node, dy, demand) => {
  const x = input(node, 0);
  const rank = g.dims(x).length;
  const axes = Array.from({ length: rank - 2 }, (_, i) => i + 2);
  const standard = standardise(g, x, axes, float(node, 'epsilon', 1e-5));
  return [
    standardiseGradient(g, standard, g.mul(dy, perChannel(g, input(node, 1), rank))),
    demand.wants(1) ? sumPerChannel(g, g.mul(dy, standard.normal)) : null,
    demand.wants(2) ? sumPerChannel(g, dy) : null,
  ];
};

/** Statistics over each group of channels; opset 20 scales per group. */
const groupNormalization: Rule = (g, node, dy, demand) => {
  const x = input(node, 0);
  const dims = g.dims(x);
  const groups = int(node, 'num_groups', 1);
  const [n = 1, c = 1, ...rest] = dims;
  const grouped = [n, groups, c / groups, ...rest];
  const d = g.reshape(dy, grouped);
  const axes = Array.from({ length: rest.length + 1 }, (_, i) => i + 2);
  const standard = standardise(g, g.reshape(x, grouped), axes, float(node, 'epsilon', 1e-5));
  const scale = perChannel(g, input(node, 1), grouped.length);
  return [
    g.reshape(standardiseGradient(g, standard, g.mul(d, scale)), dims),
    demand.wants(1) ? sumPerChannel(g, g.mul(d, standard.normal)) : null,
    demand.wants(2) ? sumPerChannel(g, d) : null,
  ];
};

const meanVarianceNormalization: Rule = (g, node, dy) => {
  const standard = standardise(g, input(node, 0), ints(node, 'axes', [0, 2, 3]), 1e-9);
  return [standardiseGradient(g, standard, dy)];
};

/** Mean over a window of `size` (odd) neighbouring channels, counting those outside as 0. It is its own adjoint. */
function channelMean(g: Builder, x: Name, size: number): Name {
  const [n = 1, c = 1, ...rest] = g.dims(x);
  const reach = (size - 1) / 2;
  const spatial = rest.reduce((a, b) => a * b, 1);
  const stacked = g.reshape(x, [n, 1, c, spatial]);
  const attributes = {
    kernel_shape: [size, 1],
    strides: [1, 1],
    pads: [reach, 0, reach, 0],
    count_include_pad: 1,
  };
  return g.reshape(g.op('AveragePool', [stacked], attributes), [n, c, ...rest]);
}

/**
 * y = x·d^−β with d = κ + α·(mean of x² over `size` channels) (Krizhevsky et al. 2012), so
 * dx = dy·d^−β − 2αβ·x·mean(dy·y/d).
 */
const lrn: Rule = (g, node, dy) => {
  const x = input(node, 0);
  const size = int(node, 'size', 1);
  const [alpha, beta] = [float(node, 'alpha', 1e-4), float(node, 'beta', 0.75)];
  const d = g.add(g.scale(channelMean(g, g.square(x), size), alpha), g.scalar(float(node, 'bias', 1)));
  const direct = g.mul(dy, inversePower(g, d, beta));
  const shared = channelMean(g, g.div(g.mul(dy, output(node)), d), size);
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
  const y = numeric(g, output(node));
  const axis = int(node, 'axis', -1);
  const weighted = g.reduce('ReduceSum', g.mul(dy, y), [axis], true);
  return [g.mul(y, g.sub(dy, weighted))];
};

/** A softmax over a row of an attention that is masked whole is no number; a network that looks for that passes over it. */
function numeric(g: Builder, y: Name): Name {
  const looked = g.nodes.find(({ op, inputs }) => op === 'IsNaN' && inputs[0] === y);
  return looked === undefined ? y : g.where(output(looked), g.scalar(0), y);
}

/** dx = dy − eʸ·Σ dy along the axis. */
const logSoftmax: Rule = (g, node, dy) => {
  const total = g.reduce('ReduceSum', dy, [int(node, 'axis', -1)], true);
  return [g.sub(dy, g.mul(g.unary('Exp', output(node)), total))];
};

/** y = x/n with n = |x|ₚ: dx = (dy − n′(x)·Σ dy·y)/n, where n′ is y for p = 2 and the sign of x for p = 1. */
const lpNormalization: Rule = (g, node, dy) => {
  const [x, y] = [input(node, 0), output(node)];
  const axis = [int(node, 'axis', -1)];
  const euclidean = int(node, 'p', 2) === 2;
  const norm = g.op(euclidean ? 'ReduceL2' : 'ReduceL1', [x, g.ints(axis)], { keepdims: 1 });
  const along = g.reduce('ReduceSum', g.mul(dy, y), axis, true);
  return [g.quotient(g.sub(dy, g.mul(euclidean ? y : g.unary('Sign', x), along)), norm)];
};

export const normalisation: Rules = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  LRN: lrn,
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  Hardmax: FLAT,
  LpNormalization: lpNormalization,
  MeanVarianceNormalization: meanVarianceNormalization,
};
