import { expect, it } from 'vitest';
import { Builder } from '../graph/builder.ts';
import { float32 } from '../graph/tensor.ts';
import { isBeyondZero, isRectified } from './rectified.ts';

type Make = (g: Builder, x: string) => string;

const clip =
  (...bounds: number[]): Make =>
  (g, x) =>
    g.op('Clip', [x, ...bounds.map((bound) => g.scalar(bound))]);
const pool = { kernel_shape: [2, 2] };

it.each<[string, boolean, Make]>([
  ['the input', false, (_g, x) => x],
  ['a ReLU', true, (g, x) => g.relu(x)],
  ['a ReLU6', true, clip(0, 6)],
  ['a Clip that lets negative numbers through', false, clip(-1, 1)],
  ['a Clip without bounds', false, clip()],
  ['a pooled ReLU', true, (g, x) => g.op('MaxPool', [g.relu(x)], pool)],
  ['a pooled input', false, (g, x) => g.op('MaxPool', [x], pool)],
  [
    'joined ReLUs',
    true,
    (g, x) => g.concat([g.relu(x), g.op('AveragePool', [g.relu(x)], { kernel_shape: [1, 1] })], 1),
  ],
  ['a ReLU joined with the input', false, (g, x) => g.concat([g.relu(x), x], 1)],
  ['a root', true, (g, x) => g.op('Pow', [x, g.scalar(-0.75)])],
  ['a square', true, (g, x) => g.op('Pow', [x, g.scalar(2)])],
  ['a cube', false, (g, x) => g.op('Pow', [x, g.scalar(3)])],
  ['a ReLU times a root', true, (g, x) => g.mul(g.relu(x), g.op('Pow', [x, g.scalar(0.5)]))],
  ['a ReLU minus one', false, (g, x) => g.sub(g.relu(x), g.scalar(1))],
  ['a sum with the input', false, (g, x) => g.add(g.relu(x), x)],
  ['a Gelu', false, (g, x) => g.unary('Gelu', x)],
  ['a Gelu of a ReLU', true, (g, x) => g.unary('Gelu', g.relu(x))],
  ['half of a ReLU', true, (g, x) => g.slice(g.relu(x), [1], [0], [1])],
  ['half of the input', false, (g, x) => g.slice(x, [1], [0], [1])],
  ['the mean of a ReLU', true, (g, x) => g.reduce('ReduceMean', g.relu(x), [2, 3], true)],
  ['whole numbers as floats', false, (g, x) => g.op('Cast', [g.op('Cast', [x], { to: 6 })], { to: 1 })],
])('%s is known not to be negative: %s', (_title, expected, make) => {
  const g = new Builder();
  expect(isRectified(g, make(g, g.input('x', [1, 2, 4, 4])))).toBe(expected);
});

it.each<[string, boolean, number, number, Make]>([
  ['squares', true, 1, 1, (g, x) => g.op('Pow', [x, g.scalar(2)])],
  ['squares with a negative weight', false, -1, 1, (g, x) => g.op('Pow', [x, g.scalar(2)])],
  ['squares without an offset', false, 1, 0, (g, x) => g.op('Pow', [x, g.scalar(2)])],
  ['the input', false, 1, 1, (_g, x) => x],
])('a weighted sum of %s is known to be positive: %s', (_title, expected, weight, offset, make) => {
  const g = new Builder();
  const x = make(g, g.input('x', [1, 2, 4, 4]));
  const filter = g.constant(float32([1, weight], [1, 2, 1, 1]));
  const sum = g.op('Conv', [x, filter, g.constant(float32([offset]))]);
  expect(isBeyondZero(g, sum)).toBe(expected);
  expect(isBeyondZero(g, x)).toBe(false);
});
