/** Where gates are applied: the gradient must not tell. */
import { describe, expect, it } from 'vitest';
import { Builder, type Attributes } from '../../graph/builder.ts';
import type { Graph } from '../../graph/graph.ts';
import { compareGraphs, normalTensor } from '../../testing/compare-graphs.ts';
import { gradients } from '../backward.ts';
import { deconvnet, guided, redirectedRelu } from '../overrides.ts';
import { rules } from '../rules.ts';
import { blocked } from './blocked.ts';

type Make = (g: Builder, x: string) => string;

const table = { ...rules, ...blocked };
const TWO_APART: Attributes = { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 };
const AROUND: Attributes = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
const DIMS = [2, 16, 9, 8];

/** ReLUs of the input as it is and turned over, so that each is closed where the other is open. */
const branches = (g: Builder, x: string): string[] => [g.relu(x), g.relu(g.scale(x, -2))];
const joined: Make = (g, x) => g.concat(branches(g, x), 1);
const pool =
  (make: Make, attributes = TWO_APART): Make =>
  (g, x) =>
    g.op('MaxPool', [make(g, x)], attributes);

const graphOf = (make: Make): Graph => {
  const g = new Builder();
  return g.finish([make(g, g.input('x', DIMS))]);
};

/** How many comparisons with zero the gradient makes; those of poolings compare places with each other. */
function gates(make: Make): number {
  const g = new Builder();
  const x = g.input('x', DIMS);
  gradients(g, g.total(make(g, x)), [x], table);
  return g.nodes.filter(({ op, inputs }) => op === 'Conv' && inputs[1]?.startsWith('~each:') === true).length;
}

const CASES: [name: string, gates: number, make: Make][] = [
  ['joined branches', 1, joined],
  ['joined branches, pooled', 1, pool(joined)],
  ['a pooled ReLU', 1, pool((g, x) => g.relu(x))],
  ['a ReLU pooled twice', 1, pool(pool((g, x) => g.relu(x), AROUND))],
  [
    'joined branches of which one is pooled',
    1,
    (g, x) => g.concat([g.relu(x), pool((h, y) => h.relu(h.scale(y, -2)), AROUND)(g, x)], 1),
  ],
  ['joined branches of which one is the input', 1, (g, x) => g.concat([g.relu(x), x], 1)],
  [
    'branches that are joined twice',
    2,
    (g, x) => {
      const parts = branches(g, x);
      return g.add(g.concat(parts, 1), g.scale(g.concat(parts.toReversed(), 1), 3));
    },
  ],
  [
    'a pooled ReLU that is read beside it',
    1,
    (g, x) => {
      const y = g.relu(x);
      return g.concat([g.op('MaxPool', [y], AROUND), g.scale(y, 2)], 1);
    },
  ],
];

describe('gates', () => {
  it.each(CASES)('give the same gradient: %s', async (_name, _gates, make) => {
    const graph = graphOf(make);
    const { values, gradient } = await compareGraphs({ graph }, { graph, rules: table }, normalTensor(DIMS));
    expect(values).toBe(0);
    expect(gradient).toBeLessThan(1e-6);
  });

  it.each(CASES)('are as few as can be: %s, %d', (_name, expected, make) => {
    expect(gates(make)).toBe(expected);
  });

  it.each([
    ['guided', guided],
    ['deconvnet', deconvnet],
    ['redirected', redirectedRelu],
  ])('stop nothing that another gradient of ReLU wants to see: %s', async (_name, override) => {
    for (const [, , make] of CASES) {
      const graph = graphOf(make);
      const { gradient } = await compareGraphs(
        { graph, rules: { ...rules, ...override } },
        { graph, rules: { ...table, ...override } },
        normalTensor(DIMS),
      );
      expect(gradient).toBeLessThan(1e-6);
    }
  });
});
