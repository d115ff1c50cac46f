/** Functions of single values as their definitions have them. */
import { float32 } from '../../../graph/tensor.ts';
import { sum, type Case } from '../testing/formulas.ts';
import { waves } from '../testing/described.ts';

const perChannel = waves([4], 5);
const channel = (c: number): number => perChannel.data[c] ?? 0;

export const functionsCases: readonly Case[] = [
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
];
