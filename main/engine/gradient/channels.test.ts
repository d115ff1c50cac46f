/** Gradients of joined branches, computed branch by branch where that is possible. */
import { expect, it } from 'vitest';
import { Builder, type Attributes } from '../graph/builder.ts';
import { compareGraphs, normalTensor } from '../testing/compare-graphs.ts';
import { gradients } from './backward.ts';
import { rules } from './rules.ts';
import { blocked } from './rules/blocked.ts';

type Make = (g: Builder, x: string) => string;

const table = { ...rules, ...blocked };
const DIMS = [2, 16, 9, 8];

const conv = (g: Builder, x: string, filter: readonly number[], attributes: Attributes = {}): string =>
  g.op('Conv', [x, g.constant(normalTensor(filter, 3))], attributes);

const SAME: Attributes = { pads: [1, 1, 1, 1] };

/** Two branches of ReLUs, of 16 and of 32 channels, joined. */
const joined: Make = (g, x) =>
  g.concat([g.relu(conv(g, x, [16, 16, 1, 1])), g.relu(conv(g, x, [32, 16, 3, 3], SAME))], 1);

/** How often the gradient cuts the 48 channels that the branches have together. */
const CASES: [name: string, cuts: number, make: Make][] = [
  ['read by one convolution', 0, (g, x) => conv(g, joined(g, x), [16, 48, 1, 1])],
  [
    'read by two convolutions',
    0,
    (g, x) => {
      const y = joined(g, x);
      return g.add(conv(g, y, [16, 48, 1, 1]), conv(g, y, [16, 48, 3, 3], SAME));
    },
  ],
  [
    'pooled, then read by a convolution: cut with the channels last',
    2,
    (g, x) =>
      conv(g, g.op('MaxPool', [joined(g, x)], { kernel_shape: [3, 3], strides: [2, 2] }), [16, 48, 1, 1]),
  ],
  ['read by a convolution in groups', 2, (g, x) => conv(g, joined(g, x), [16, 24, 1, 1], { group: 2 })],
  [
    'read by a convolution and beside it',
    2,
    (g, x) => {
      const y = joined(g, x);
      return g.concat([conv(g, y, [16, 48, 1, 1]), g.square(y)], 1);
    },
  ],
];

it.each(CASES)('%s', async (_name, cuts, make) => {
  const g = new Builder();
  const graph = g.finish([make(g, g.input('x', DIMS))]);
  const { gradient } = await compareGraphs({ graph }, { graph, rules: table }, normalTensor(DIMS));
  expect(gradient).toBeLessThan(1e-6);

  const built = new Builder();
  const x = built.input('x', DIMS);
  const [dx] = gradients(built, built.total(make(built, x)), [x], table);
  if (dx === null || dx === undefined) throw new Error('The input has no gradient.');
  const most = (name = ''): number => Math.max(...built.dims(name));
  const slices = built
    .finish([dx])
    .nodes.filter(
      ({ op, inputs: [y], outputs: [part] }) => op === 'Slice' && most(y) === 48 && most(part) < 48,
    );
  expect(slices).toHaveLength(cuts);
});
