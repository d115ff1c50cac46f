/** Normalisations, and one out of its parts. */
import { floats, type OperatorCase } from '../testing/case.ts';
import { attr, node } from '../testing/graph-def.ts';
import { grid, lrn } from '../testing/reference.ts';

export const normalisationCases: readonly OperatorCase[] = [
  {
    title: 'LRN',
    nodes: [
      node('y', 'LRN', ['x'], {
        depth_radius: attr.int(1),
        bias: attr.float(2),
        alpha: attr.float(0.5),
        beta: attr.float(0.75),
      }),
    ],
    expected: (x) => lrn(x, 1, 2, 0.5, 0.75),
    map: true,
  },
  {
    title: 'LRN by default',
    nodes: [node('y', 'LRN', ['x'])],
    expected: (x) => lrn(x, 5, 1, 1, 0.5),
    map: true,
  },
  ...['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'].map((op): OperatorCase => ({
    title: op,
    nodes: [
      floats('scale', [1, 2, 3, 4]),
      floats('offset', [0.5, 0, -1, 1]),
      floats('mean', [0.1, 0.2, 0.3, 0.4]),
      floats('variance', [1, 0.5, 0.25, 2]),
      node('y', op, ['x', 'scale', 'offset', 'mean', 'variance'], { is_training: attr.flag(false) }),
    ],
    expected: (x) =>
      grid(x.dims, (n = 0, i = 0, j = 0, k = 0) => {
        const [scale = 0, offset = 0] = [[1, 2, 3, 4][k], [0.5, 0, -1, 1][k]];
        const [mean = 0, variance = 0] = [[0.1, 0.2, 0.3, 0.4][k], [1, 0.5, 0.25, 2][k]];
        return ((x.at(n, i, j, k) - mean) / Math.sqrt(variance + 1e-4)) * scale + offset;
      }),
    map: true,
  })),
  ...[true, false].map((scaled): OperatorCase => ({
    title: `BatchNormWithGlobalNormalization, ${scaled ? 'scaled' : 'not scaled'}`,
    nodes: [
      floats('mean', [0.1, 0.2, 0.3, 0.4]),
      floats('variance', [1, 0.5, 0.25, 2]),
      floats('beta', [0.5, 0, -1, 1]),
      floats('gamma', [1, 2, 3, 4]),
      node('y', 'BatchNormWithGlobalNormalization', ['x', 'mean', 'variance', 'beta', 'gamma'], {
        variance_epsilon: attr.float(0.01),
        scale_after_normalization: attr.flag(scaled),
      }),
    ],
    expected: (x) =>
      grid(x.dims, (n = 0, i = 0, j = 0, k = 0) => {
        const [mean = 0, variance = 0] = [[0.1, 0.2, 0.3, 0.4][k], [1, 0.5, 0.25, 2][k]];
        const scale = scaled ? k + 1 : 1;
        return ((x.at(n, i, j, k) - mean) / Math.sqrt(variance + 0.01)) * scale + ([0.5, 0, -1, 1][k] ?? 0);
      }),
    map: true,
  })),
  {
    title: 'a normalisation out of its parts, as TensorFlow 1 writes it',
    nodes: [
      floats('gamma', [1, 2, 3, 4]),
      floats('variance', [1, 0.5, 0.25, 2]),
      floats('epsilon', [0.01], []),
      floats('mean', [0.1, 0.2, 0.3, 0.4]),
      floats('beta', [0.5, 0, -1, 1]),
      node('bn/add', 'Add', ['variance', 'epsilon']),
      node('bn/Rsqrt', 'Rsqrt', ['bn/add']),
      node('bn/mul', 'Mul', ['bn/Rsqrt', 'gamma']),
      node('bn/mul_1', 'Mul', ['x', 'bn/mul']),
      node('bn/mul_2', 'Mul', ['mean', 'bn/mul']),
      node('bn/sub', 'Sub', ['beta', 'bn/mul_2']),
      node('bn/add_1', 'Add', ['bn/mul_1', 'bn/sub']),
    ],
    expected: (x) =>
      grid(x.dims, (n = 0, i = 0, j = 0, k = 0) => {
        const [mean = 0, variance = 0] = [[0.1, 0.2, 0.3, 0.4][k], [1, 0.5, 0.25, 2][k]];
        return ((x.at(n, i, j, k) - mean) / Math.sqrt(variance + 0.01)) * (k + 1) + ([0.5, 0, -1, 1][k] ?? 0);
      }),
    map: true,
  },
  {
    title: 'Softmax over channels',
    nodes: [node('y', 'Softmax', ['x'])],
    expected: (x) =>
      grid(x.dims, (n = 0, i = 0, j = 0, k = 0) => {
        const all = [0, 1, 2, 3].map((channel) => Math.exp(x.at(n, i, j, channel)));
        return Math.exp(x.at(n, i, j, k)) / all.reduce((a, b) => a + b, 0);
      }),
    map: true,
  },
];
