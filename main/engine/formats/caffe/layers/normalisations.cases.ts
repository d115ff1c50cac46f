/** Normalisations and scales as their definitions have them. */
import { float32 } from '../../../graph/tensor.ts';
import { sum, type At, type Case } from '../testing/formulas.ts';
import { waves } from '../testing/described.ts';

const perChannel = waves([4], 5);
const channel = (c: number): number => perChannel.data[c] ?? 0;

export const normalisationsCases: readonly Case[] = [
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
    expected: (x: At) => {
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
];
