/** Joined, reshaped and summed tensors as their definitions have them. */
import { float32 } from '../../../graph/tensor.ts';
import { DIMS, sum, tabulate, type Case } from '../testing/formulas.ts';
import { waves } from '../testing/described.ts';

const matrix = waves([3, 120], 4);
export const arrangementsCases: readonly Case[] = [
  {
    title: 'InnerProduct of the whole image',
    layer: 'type: "InnerProduct" inner_product_param { num_output: 3 }',
    weights: [matrix, waves([3], 8)],
    result: [2, 3],
    expected: (x) =>
      [0, 1].flatMap((n) =>
        [0, 1, 2].map(
          (o) =>
            sum(4, (c) =>
              sum(5, (y) => sum(6, (i) => x(n, c, y, i) * (matrix.data[o * 120 + (c * 5 + y) * 6 + i] ?? 0))),
            ) + (waves([3], 8).data[o] ?? 0),
        ),
      ),
  },
  {
    title: 'InnerProduct with a transposed matrix, in the shape of old files',
    layer: 'type: "InnerProduct" inner_product_param { num_output: 3 bias_term: false transpose: true }',
    weights: [float32(matrix.data, [1, 1, 120, 3])],
    result: [2, 3],
    expected: (x) =>
      [0, 1].flatMap((n) =>
        [0, 1, 2].map((o) =>
          sum(4, (c) =>
            sum(5, (y) => sum(6, (i) => x(n, c, y, i) * (matrix.data[((c * 5 + y) * 6 + i) * 3 + o] ?? 0))),
          ),
        ),
      ),
  },
  {
    title: 'InnerProduct along the last axis',
    layer: 'type: "InnerProduct" inner_product_param { num_output: 2 axis: -1 }',
    weights: [waves([2, 6], 9), waves([2], 8)],
    result: [2, 4, 5, 2],
    expected: (x) => (n, c, y, o) =>
      sum(6, (i) => x(n, c, y, i) * (waves([2, 6], 9).data[o * 6 + i] ?? 0)) + (waves([2], 8).data[o] ?? 0),
  },
  {
    title: 'Concat by its old setting',
    layer: 'type: "Concat" bottom: "x" concat_param { concat_dim: 2 }',
    result: [2, 4, 10, 6],
    expected: (x) => (n, c, y, i) => x(n, c, y % 5, i),
  },
  {
    title: 'Concat of channels',
    layer: 'type: "Concat" bottom: "x"',
    result: [2, 8, 5, 6],
    expected: (x) => (n, c, y, i) => x(n, c % 4, y, i),
  },
  {
    title: 'Flatten',
    layer: 'type: "Flatten"',
    result: [2, 120],
    expected: (x) => tabulate(DIMS, x),
  },
  {
    title: 'Flatten from a later axis',
    layer: 'type: "Flatten" flatten_param { axis: 2 }',
    result: [2, 4, 30],
    expected: (x) => tabulate(DIMS, x),
  },
  {
    title: 'Reshape',
    layer: 'type: "Reshape" reshape_param { shape { dim: 0 dim: 2 dim: -1 dim: 3 } }',
    result: [2, 2, 20, 3],
    expected: (x) => tabulate(DIMS, x),
  },
  {
    title: 'Reshape of some axes',
    layer: 'type: "Reshape" reshape_param { shape { dim: 2 dim: 10 } axis: 1 num_axes: 2 }',
    result: [2, 2, 10, 6],
    expected: (x) => tabulate(DIMS, x),
  },
  {
    title: 'Permute',
    layer: 'type: "Permute" permute_param { order: 0 order: 2 }',
    result: [2, 5, 4, 6],
    expected: (x) => (n, y, c, i) => x(n, c, y, i),
  },
  {
    title: 'Reduction to a sum of squares',
    layer: 'type: "Reduction" reduction_param { operation: SUMSQ axis: 2 coeff: 0.5 }',
    result: [2, 4],
    expected: (x) => tabulate([2, 4], (n, c) => 0.5 * sum(5, (y) => sum(6, (i) => x(n, c, y, i) ** 2))),
  },
  {
    title: 'Reduction to a mean',
    layer: 'type: "Reduction" reduction_param { operation: MEAN axis: -2 }',
    result: [2, 4],
    expected: (x) => tabulate([2, 4], (n, c) => sum(5, (y) => sum(6, (i) => x(n, c, y, i))) / 30),
  },
  {
    title: 'Reduction to a sum of magnitudes',
    layer: 'type: "Reduction" reduction_param { operation: ASUM axis: 3 }',
    result: [2, 4, 5],
    expected: (x) => tabulate([2, 4, 5], (n, c, y) => sum(6, (i) => Math.abs(x(n, c, y, i)))),
  },
];
