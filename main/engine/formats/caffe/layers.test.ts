import { describe, expect, it, test } from 'vitest';
import { inferShapes, specialise } from '../../graph/shapes.ts';
import { float32, numbers, sizeOf, type FloatTensor } from '../../graph/tensor.ts';
import { compareGraphs } from '../../testing/compare-graphs.ts';
import { refusal } from '../../testing/refusal.ts';
import { runGraph } from '../../testing/run-graph.ts';
import { translations } from './network.ts';
import { described, waves, type Weights } from './testing/described.ts';

/** A tensor as a function of its indices, 0 outside. */
type At = (n: number, c: number, y: number, x: number) => number;

const reader = ({ data, dims }: FloatTensor): At => {
  const [batch = 1, channels = 1, height = 1, width = 1] = dims;
  return (n, c, y, x) => {
    const inside = n < batch && c >= 0 && c < channels && y >= 0 && y < height && x >= 0 && x < width;
    return inside ? (data[((n * channels + c) * height + y) * width + x] ?? NaN) : 0;
  };
};

/** All values of a tensor of four axes, by a formula. */
function tabulate([batch = 1, channels = 1, height = 1, width = 1]: readonly number[], value: At): number[] {
  const values: number[] = [];
  for (let n = 0; n < batch; n++)
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) values.push(value(n, c, y, x));
  return values;
}

/** The sum of a function over 0 ≤ i < count. */
const sum = (count: number, term: (i: number) => number): number =>
  Array.from({ length: count }, (_, i) => term(i)).reduce((a, b) => a + b, 0);

interface Case {
  readonly title: string;
  /** The type and settings of the layer. */
  readonly layer: string;
  readonly weights?: readonly FloatTensor[];
  /** Shape of the input, [2, 4, 5, 6] unless said. */
  readonly dims?: readonly number[];
  /** Added to the input, to keep logarithms and powers real. */
  readonly offset?: number;
  /** Shape of the result, that of the input unless said. */
  readonly result?: readonly number[];
  readonly expected: (x: At) => readonly number[] | At;
}

const DIMS = [2, 4, 5, 6];
const filters = waves([6, 2, 3, 2], 2);
const filter = reader(filters);
const biases = waves([6], 3);
const bias = (i: number): number => biases.data[i] ?? 0;
const matrix = waves([3, 120], 4);
const perChannel = waves([4], 5);
const channel = (c: number): number => perChannel.data[c] ?? 0;

/** Conv of 6 filters 3×2 in 2 groups, stride 2×1, pad 1×2, dilation 1×2, as its definition has it. */
const convolved =
  (x: At): At =>
  (n, o, y, column) => {
    const first = o < 3 ? 0 : 2;
    const total = sum(2, (c) =>
      sum(3, (i) => sum(2, (j) => filter(o, c, i, j) * x(n, first + c, 2 * y - 1 + i, column - 2 + 2 * j))),
    );
    return total + bias(o);
  };

const cases: readonly Case[] = [
  {
    title: 'Convolution with groups, by rows and columns',
    layer:
      'type: "Convolution" convolution_param { num_output: 6 kernel_h: 3 kernel_w: 2 stride_h: 2 stride_w: 1 pad_h: 1 pad_w: 2 dilation: 1 dilation: 2 group: 2 }',
    weights: [filters, biases],
    result: [2, 6, 3, 8],
    expected: convolved,
  },
  {
    title: 'Convolution with repeated settings and no bias',
    layer:
      'type: "Convolution" convolution_param { num_output: 6 kernel_size: [3, 2] stride: 2 stride: 1 pad: 1 pad: 2 dilation: [1, 2] group: 2 bias_term: false }',
    weights: [filters],
    result: [2, 6, 3, 8],
    expected: (x) => (n, o, y, column) => convolved(x)(n, o, y, column) - bias(o),
  },
  {
    title: 'Deconvolution',
    layer: 'type: "Deconvolution" convolution_param { num_output: 2 kernel_size: 3 stride: 2 pad: 1 }',
    weights: [waves([4, 2, 3, 3], 6), waves([2], 7)],
    result: [2, 2, 9, 11],
    expected: (x) => (n, o, y, column) => {
      const w = reader(waves([4, 2, 3, 3], 6));
      // Output y takes from input i where y = 2i - 1 + k.
      const total = sum(4, (c) =>
        sum(3, (k) =>
          sum(3, (l) => {
            const [i, j] = [(y + 1 - k) / 2, (column + 1 - l) / 2];
            return Number.isInteger(i) && Number.isInteger(j) ? w(c, o, k, l) * x(n, c, i, j) : 0;
          }),
        ),
      );
      return total + (waves([2], 7).data[o] ?? 0);
    },
  },
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
    title: 'LRN across channels',
    layer: 'type: "LRN" lrn_param { local_size: 3 alpha: 2 beta: 0.6 k: 1.5 }',
    expected: (x) => (n, c, y, i) =>
      x(n, c, y, i) / (1.5 + (2 / 3) * sum(3, (k) => x(n, c + k - 1, y, i) ** 2)) ** 0.6,
  },
  {
    title: 'LRN within a channel',
    layer: 'type: "LRN" lrn_param { local_size: 3 alpha: 2 beta: 0.6 norm_region: WITHIN_CHANNEL }',
    expected: (x) => (n, c, y, i) =>
      x(n, c, y, i) / (1 + (2 / 9) * sum(3, (k) => sum(3, (l) => x(n, c, y + k - 1, i + l - 1) ** 2))) ** 0.6,
  },
  {
    title: 'BatchNorm with statistics that are sums',
    layer: 'type: "BatchNorm" batch_norm_param { eps: 0.01 }',
    weights: [perChannel, float32(perChannel.data.map((v) => v * v + 1)), float32([2])],
    expected: (x) => (n, c, y, i) =>
      (x(n, c, y, i) - channel(c) / 2) / Math.sqrt((channel(c) ** 2 + 1) / 2 + 0.01),
  },
  {
    title: 'BatchNorm that was never trained',
    layer: 'type: "BatchNorm"',
    weights: [perChannel, perChannel, float32([0])],
    expected: (x) => (n, c, y, i) => x(n, c, y, i) / Math.sqrt(1e-5),
  },
  {
    title: 'BatchNorm with the statistics of the batch',
    layer: 'type: "BatchNorm" batch_norm_param { use_global_stats: false }',
    weights: [perChannel, perChannel, float32([0])],
    expected: (x) => {
      const over = (c: number, f: (v: number) => number): number =>
        sum(2, (n) => sum(5, (y) => sum(6, (i) => f(x(n, c, y, i))))) / 60;
      const means = [0, 1, 2, 3].map((c) => over(c, (v) => v));
      return (n, c, y, i) => {
        const mean = means[c] ?? 0;
        return (x(n, c, y, i) - mean) / Math.sqrt(over(c, (v) => (v - mean) ** 2) + 1e-5);
      };
    },
  },
  {
    title: 'MVN',
    layer: 'type: "MVN" mvn_param { eps: 0.1 }',
    expected: (x) => (n, c, y, i) => {
      const over = (f: (v: number) => number): number => sum(5, (k) => sum(6, (l) => f(x(n, c, k, l)))) / 30;
      const mean = over((v) => v);
      return (x(n, c, y, i) - mean) / (Math.sqrt(over((v) => (v - mean) ** 2)) + 0.1);
    },
  },
  {
    title: 'MVN of the mean alone, across channels',
    layer: 'type: "MVN" mvn_param { normalize_variance: false across_channels: true }',
    expected: (x) => (n, c, y, i) =>
      x(n, c, y, i) - sum(4, (d) => sum(5, (k) => sum(6, (l) => x(n, d, k, l)))) / 120,
  },
  {
    title: 'Scale of channels with a bias',
    layer: 'type: "Scale" scale_param { bias_term: true }',
    weights: [perChannel, waves([4], 10)],
    expected: (x) => (n, c, y, i) => x(n, c, y, i) * channel(c) + (waves([4], 10).data[c] ?? 0),
  },
  {
    title: 'Scale of columns',
    layer: 'type: "Scale" scale_param { axis: -1 num_axes: -1 }',
    weights: [waves([6], 11)],
    expected: (x) => (n, c, y, i) => x(n, c, y, i) * (waves([6], 11).data[i] ?? 0),
  },
  {
    title: 'Scale by one number',
    layer: 'type: "Scale" scale_param { num_axes: 0 }',
    weights: [float32([2.5], [])],
    expected: (x) => (n, c, y, i) => x(n, c, y, i) * 2.5,
  },
  {
    title: 'Bias of channels and rows',
    layer: 'type: "Bias" bias_param { num_axes: 2 }',
    weights: [waves([4, 5], 12)],
    expected: (x) => (n, c, y, i) => x(n, c, y, i) + (waves([4, 5], 12).data[c * 5 + y] ?? 0),
  },
  {
    title: 'ReLU',
    layer: 'type: "ReLU"',
    expected:
      (x) =>
      (...i) =>
        Math.max(0, x(...i)),
  },
  {
    title: 'ReLU with a slope',
    layer: 'type: "ReLU" relu_param { negative_slope: 0.1 }',
    expected:
      (x) =>
      (...i) =>
        Math.max(0, x(...i)) + 0.1 * Math.min(0, x(...i)),
  },
  {
    title: 'PReLU',
    layer: 'type: "PReLU"',
    weights: [perChannel],
    expected: (x) => (n, c, y, i) => Math.max(0, x(n, c, y, i)) + channel(c) * Math.min(0, x(n, c, y, i)),
  },
  {
    title: 'PReLU with a shared slope',
    layer: 'type: "PReLU" prelu_param { channel_shared: true }',
    weights: [float32([0.3], [])],
    expected:
      (x) =>
      (...i) =>
        Math.max(0, x(...i)) + 0.3 * Math.min(0, x(...i)),
  },
  {
    title: 'ELU',
    layer: 'type: "ELU" elu_param { alpha: 0.5 }',
    expected:
      (x) =>
      (...i) =>
        x(...i) > 0 ? x(...i) : 0.5 * (Math.exp(x(...i)) - 1),
  },
  {
    title: 'Sigmoid',
    layer: 'type: "Sigmoid"',
    expected:
      (x) =>
      (...i) =>
        1 / (1 + Math.exp(-x(...i))),
  },
  {
    title: 'TanH',
    layer: 'type: "TanH"',
    expected:
      (x) =>
      (...i) =>
        Math.tanh(x(...i)),
  },
  {
    title: 'AbsVal',
    layer: 'type: "AbsVal"',
    expected:
      (x) =>
      (...i) =>
        Math.abs(x(...i)),
  },
  {
    title: 'BNLL',
    layer: 'type: "BNLL"',
    expected:
      (x) =>
      (...i) =>
        Math.log(1 + Math.exp(x(...i))),
  },
  {
    title: 'Power',
    layer: 'type: "Power" power_param { power: 0.5 scale: 2 shift: 3 }',
    expected:
      (x) =>
      (...i) =>
        (3 + 2 * x(...i)) ** 0.5,
  },
  {
    title: 'Power of two',
    layer: 'type: "Power" power_param { power: 2 scale: 2 shift: 1 }',
    expected:
      (x) =>
      (...i) =>
        (1 + 2 * x(...i)) ** 2,
  },
  {
    title: 'Power of one',
    layer: 'type: "Power" power_param { scale: -1 shift: 1 }',
    expected:
      (x) =>
      (...i) =>
        1 - x(...i),
  },
  { title: 'Power of nothing', layer: 'type: "Power"', expected: (x) => x },
  {
    title: 'Exp to a base',
    layer: 'type: "Exp" exp_param { base: 2 scale: 3 shift: 1 }',
    expected:
      (x) =>
      (...i) =>
        2 ** (1 + 3 * x(...i)),
  },
  {
    title: 'Exp',
    layer: 'type: "Exp"',
    expected:
      (x) =>
      (...i) =>
        Math.exp(x(...i)),
  },
  {
    title: 'Log to a base',
    layer: 'type: "Log" log_param { base: 10 scale: 2 shift: 1 }',
    offset: 2,
    expected:
      (x) =>
      (...i) =>
        Math.log10(1 + 2 * x(...i)),
  },
  {
    title: 'Log',
    layer: 'type: "Log"',
    offset: 2,
    expected:
      (x) =>
      (...i) =>
        Math.log(x(...i)),
  },
  {
    title: 'Softmax',
    layer: 'type: "Softmax"',
    expected: (x) => (n, c, y, i) => Math.exp(x(n, c, y, i)) / sum(4, (d) => Math.exp(x(n, d, y, i))),
  },
  {
    title: 'Softmax along the last axis',
    layer: 'type: "Softmax" softmax_param { axis: -1 }',
    expected: (x) => (n, c, y, i) => Math.exp(x(n, c, y, i)) / sum(6, (j) => Math.exp(x(n, c, y, j))),
  },
  {
    title: 'Eltwise sum with coefficients',
    layer: 'type: "Eltwise" bottom: "x" bottom: "x" eltwise_param { coeff: [1, -0.5, 3] }',
    expected:
      (x) =>
      (...i) =>
        3.5 * x(...i),
  },
  {
    title: 'Eltwise product',
    layer: 'type: "Eltwise" bottom: "x" bottom: "x" eltwise_param { operation: PROD }',
    expected:
      (x) =>
      (...i) =>
        x(...i) ** 3,
  },
  {
    title: 'Eltwise maximum',
    layer: 'type: "Eltwise" bottom: "x" eltwise_param { operation: 2 }',
    expected: (x) => x,
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

/** The network of one layer. */
const network = ({ layer, weights = [], dims = DIMS }: Case) =>
  described(`layer { name: "l" bottom: "x" top: "y" ${layer} }`, { l: weights }, dims).graph;

describe('layers compute what their definitions say', () => {
  it.each(cases)('$title', async (test) => {
    const { dims = DIMS, offset = 0, result = dims, expected } = test;
    const x = float32(
      waves(dims).data.map((v) => v + offset),
      dims,
    );
    const y = (await runGraph(network(test), new Map([['x', x]]))).get('y');
    if (y === undefined) throw new Error('The layer gave nothing.');
    expect(y.dims).toEqual(result);
    expect(inferShapes(network(test), { x: dims }).get('y')?.dims).toEqual(result);
    const formula = expected(reader(x));
    const wanted = typeof formula === 'function' ? tabulate(result, formula) : formula;
    const got = numbers(y);
    expect(wanted).toHaveLength(sizeOf(result));
    expect(Math.max(...wanted.map((v, i) => Math.abs(v - (got[i] ?? NaN)) / (1 + Math.abs(v))))).toBeLessThan(
      2e-5,
    );
  });

  it.each(cases)('$title has a gradient', async (test) => {
    const { dims = DIMS, offset = 2 } = test;
    const { graph } = specialise(network(test), { x: dims });
    const x = float32(
      waves(dims).data.map((v) => v + offset),
      dims,
    );
    // Comparing the graph with itself throws where it has none.
    expect(await compareGraphs({ graph }, { graph }, x)).toEqual({ values: 0, gradient: 0 });
  });

  test('every type of layer has a case, here or in a test of its own', () => {
    const covered = new Set(cases.map(({ layer }) => /type: "(\w+)"/.exec(layer)?.[1]));
    const elsewhere = ['Pooling', 'Slice'];
    expect(
      Object.keys(translations)
        .filter((type) => !covered.has(type))
        .sort(),
    ).toEqual(elsewhere);
  });
});

describe('layers with several inputs or outputs', () => {
  const x = waves(DIMS);
  const run = async (layers: string, outputs: string[], weights: Weights = {}) => {
    const { graph } = described(layers, weights, DIMS);
    const results = await runGraph({ ...graph, outputs }, new Map([['x', x]]));
    return outputs.map((name) => results.get(name) ?? float32([]));
  };

  test.each([
    ['at points', 'slice_param { slice_point: 1 slice_point: 3 }', [1, 2, 1]],
    ['into equal parts of another axis', 'slice_param { slice_dim: 3 }', [2, 2, 2]],
  ])('Slice %s', async (title, settings, sizes) => {
    const axis = title === 'at points' ? 1 : 3;
    const parts = await run(
      `layer { name: "s" type: "Slice" bottom: "x" top: "a" top: "b" top: "c" ${settings} }`,
      ['a', 'b', 'c'],
    );
    let start = 0;
    parts.forEach((part, i) => {
      const size = sizes[i] ?? 0;
      const from = start;
      const value = reader(x);
      const wanted = tabulate(DIMS.with(axis, size), (n, c, y, column) =>
        axis === 1 ? value(n, c + from, y, column) : value(n, c, y, column + from),
      );
      expect(numbers(part)).toEqual(wanted);
      start += size;
    });
  });

  test('Scale and Bias by a second bottom, as attention to channels does', async () => {
    const pooled =
      'layer { name: "p" type: "Pooling" bottom: "x" top: "p" pooling_param { pool: AVE global_pooling: true } }';
    const vector = 'layer { name: "f" type: "Flatten" bottom: "p" top: "f" }';
    const scaled =
      'layer { name: "s" type: "Scale" bottom: "x" bottom: "f" top: "s" scale_param { axis: 0 bias_term: true } }';
    const shifted =
      'layer { name: "b" type: "Bias" bottom: "s" bottom: "f" top: "b" bias_param { axis: -4 } }';
    const offsets = waves([2, 4], 3);
    const [y] = await run([pooled, vector, scaled, shifted].join('\n'), ['b'], { s: [offsets] });
    const value = reader(x);
    const mean = (n: number, c: number): number => sum(5, (k) => sum(6, (l) => value(n, c, k, l))) / 30;
    const wanted = tabulate(
      DIMS,
      (n, c, row, i) => value(n, c, row, i) * mean(n, c) + (offsets.data[n * 4 + c] ?? 0) + mean(n, c),
    );
    const got = y === undefined ? [] : numbers(y);
    expect(Math.max(...wanted.map((v, i) => Math.abs(v - (got[i] ?? NaN))))).toBeLessThan(1e-5);
  });
});

describe('layers that cannot be', () => {
  it.each<[string, string, string]>([
    ['no kernel', 'type: "Convolution" convolution_param { num_output: 6 }', 'model/unreadable'],
    [
      'a kernel of three axes',
      'type: "Convolution" convolution_param { num_output: 6 kernel_size: [1, 1, 1] }',
      'model/unsupported',
    ],
    ['a stride of 0', 'type: "Pooling" pooling_param { kernel_size: 2 stride: 0 }', 'model/unreadable'],
    [
      'a pad as large as its window',
      'type: "Pooling" pooling_param { kernel_size: 2 pad: 2 }',
      'model/unreadable',
    ],
    [
      'random pooling',
      'type: "Pooling" pooling_param { kernel_size: 2 pool: STOCHASTIC }',
      'model/unsupported',
    ],
    [
      'groups that do not divide its outputs',
      'type: "Convolution" convolution_param { num_output: 6 kernel_size: 1 group: 4 }',
      'model/unreadable',
    ],
    [
      'filters of another shape',
      'type: "Convolution" convolution_param { num_output: 5 kernel_size: 3 }',
      'model/unreadable',
    ],
    [
      'more outputs than numbers',
      'type: "Convolution" convolution_param { num_output: 4000000000 kernel_size: 3 }',
      'model/unreadable',
    ],
    ['no outputs', 'type: "InnerProduct"', 'model/unreadable'],
    ['an axis that is not there', 'type: "Softmax" softmax_param { axis: 4 }', 'model/unreadable'],
    ['an even window of channels', 'type: "LRN" lrn_param { local_size: 4 }', 'model/unreadable'],
    ['cuts in the wrong order', 'type: "Slice" top: "z" slice_param { slice_point: 0 }', 'model/unreadable'],
    ['a base below 0', 'type: "Log" log_param { base: -2 }', 'model/unreadable'],
    ['one bottom to combine', 'type: "Eltwise"', 'model/unreadable'],
    ['a coefficient too few', 'type: "Eltwise" bottom: "x" eltwise_param { coeff: 1 }', 'model/unreadable'],
    ['two unknown sizes', 'type: "Reshape" reshape_param { shape { dim: -1 dim: -1 } }', 'model/unreadable'],
    [
      'axes that would move',
      'type: "Reshape" reshape_param { shape { dim: 4 dim: 5 dim: 1 } axis: 1 num_axes: 2 }',
      'model/unsupported',
    ],
    ['no statistics', 'type: "BatchNorm"', 'model/unreadable'],
  ])('%s', (_, layer, code) => {
    const act = () => described(`layer { name: "l" bottom: "x" top: "y" ${layer} }`, { l: [filters] }, DIMS);
    expect(refusal(act)).toMatchObject({ code, message: expect.stringContaining('Layer "l" (') });
  });
});
