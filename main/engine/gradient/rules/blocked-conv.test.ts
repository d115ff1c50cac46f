/** Gradients that are found in phases: the same numbers, and woven together where few channels are moved. */
import { describe, expect, it } from 'vitest';
import { Builder, type Attributes } from '../../graph/builder.ts';
import type { Graph } from '../../graph/graph.ts';
import { compareGraphs, normalTensor } from '../../testing/compare-graphs.ts';
import { gradients } from '../backward.ts';
import { rules } from '../rules.ts';
import { blocked } from './blocked.ts';

const table = { ...rules, ...blocked };

type Make = (g: Builder, x: string) => string;

function graphOf(dims: readonly number[], make: Make): Graph {
  const g = new Builder();
  return g.finish([make(g, g.input('x', dims))]);
}

/** A convolution with fixed weights. */
const conv =
  (filter: readonly number[], attributes: Attributes = {}): Make =>
  (g, x) =>
    g.op('Conv', [x, g.constant(normalTensor(filter, 3))], attributes);

const relu6: Make = (g, x) => g.op('Clip', [x, g.scalar(0), g.scalar(6)]);

const after =
  (...makes: readonly Make[]): Make =>
  (g, x) =>
    makes.reduce((y, make) => make(g, y), x);

/** Shapes of what the gradient joins, when it has been pruned. */
function joined(dims: readonly number[], make: Make): (readonly number[])[] {
  const g = new Builder();
  const x = g.input('x', dims);
  const [dx] = gradients(g, g.total(make(g, x)), [x], table);
  if (dx === null || dx === undefined) throw new Error('The input has no gradient.');
  return g
    .finish([dx])
    .nodes.filter(({ op }) => op === 'Concat')
    .map(({ outputs: [y = ''] }) => g.dims(y));
}

describe('a strided convolution', () => {
  const depthwise = { group: 16, strides: [2, 2], pads: [1, 1, 1, 1] };
  it.each<[number[], number[], Attributes]>([
    [[1, 16, 8, 6], [16, 1, 3, 3], depthwise],
    [[2, 16, 7, 9], [16, 1, 3, 3], depthwise],
    [[1, 16, 9, 8], [16, 1, 5, 5], { ...depthwise, pads: [2, 2, 2, 2] }],
    [[1, 16, 8, 6], [16, 1, 3, 3], { ...depthwise, pads: [0, 0, 1, 1] }],
    [[1, 16, 9, 11], [16, 1, 3, 3], { group: 16, strides: [3, 3] }],
    [[1, 16, 10, 11], [16, 1, 4, 3], { group: 16, strides: [3, 3], pads: [3, 0, 1, 2] }],
    [[1, 16, 9, 8], [32, 16, 3, 3], { strides: [2, 2] }],
    [[1, 32, 8, 7], [16, 16, 3, 3], { strides: [2, 2], group: 2, pads: [0, 1, 1, 0] }],
    [[1, 32, 8, 8], [16, 32, 2, 2], { strides: [2, 2] }],
    [[1, 16, 12, 12], [16, 1, 3, 3], { ...depthwise, pads: [4, 4, 4, 4] }],
  ])('of %j by %j with %j', async (dims, filter, attributes) => {
    const graph = graphOf(dims, conv(filter, attributes));
    const { gradient } = await compareGraphs({ graph }, { graph, rules: table }, normalTensor(dims));
    expect(gradient).toBeLessThan(1e-6);
  });

  it('with other strides, gaps, or fewer taps than phases takes the general form', async () => {
    const dims = [1, 16, 9, 8];
    const others: [number[], Attributes][] = [
      [[16, 1, 3, 3], { group: 16, strides: [2, 1] }],
      [[16, 1, 2, 2], { group: 16, strides: [3, 3] }],
      [[16, 1, 3, 3], { group: 16, strides: [2, 2], dilations: [2, 2] }],
    ];
    for (const [filter, attributes] of others) {
      const graph = graphOf(dims, conv(filter, attributes));
      const { gradient } = await compareGraphs({ graph }, { graph, rules: table }, normalTensor(dims));
      expect(gradient).toBeLessThan(1e-6);
    }
  });
});

describe('what lies before a strided convolution', () => {
  const strided = conv([32, 1, 3, 3], { group: 32, strides: [2, 2], pads: [1, 1, 1, 1] });
  const widen = conv([32, 16, 1, 1]);
  const bottleneck = after(widen, relu6, strided);
  const cases: [string, number[], Make][] = [
    ['a wider layer and ReLU6', [1, 16, 8, 6], bottleneck],
    ['the same with odd sides', [2, 16, 7, 9], bottleneck],
    ['ReLU', [1, 16, 7, 8], after(widen, (g, x) => g.relu(x), strided)],
    [
      'a gate with other bounds',
      [1, 16, 7, 8],
      after(widen, (g, x) => g.op('Clip', [x, g.scalar(-1), g.scalar(1)]), strided),
    ],
    ['a narrower layer', [1, 48, 7, 8], after(conv([32, 48, 1, 1]), relu6, strided)],
    ['a layer of more pixels', [1, 16, 7, 8], after(conv([32, 16, 3, 3]), relu6, strided)],
    ['two of them', [1, 16, 15, 13], after(bottleneck, conv([16, 32, 1, 1]), bottleneck)],
    [
      'a layer that is read twice',
      [1, 16, 7, 8],
      (g, x) => {
        const y = relu6(g, widen(g, x));
        return g.add(strided(g, y), conv([32, 32, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] })(g, y));
      },
    ],
  ];

  it.each(cases)('has the same gradient: %s', async (_name, dims, make) => {
    const graph = graphOf(dims, make);
    const x = normalTensor(dims);
    x.data.forEach((v, i) => (x.data[i] = 2 * v));
    const { values, gradient } = await compareGraphs({ graph }, { graph, rules: table }, x);
    expect(values).toBe(0);
    expect(gradient).toBeLessThan(1e-6);
  });

  it('is woven together where it is narrow', () => {
    const dims = [1, 16, 8, 6];
    expect(joined(dims, bottleneck).map((shape) => shape.at(-1))).toEqual([2 * 16, 2 * 16, 12 * 16]);
    const narrower = after(conv([32, 48, 1, 1]), relu6, strided);
    expect(joined([1, 48, 8, 6], narrower).map((shape) => shape.at(-1))).toEqual([2 * 32, 2 * 32, 12 * 32]);
  });
});

describe('a picture before strided convolutions', () => {
  const stem = (pads: readonly number[]): Make =>
    after(conv([16, 3, 3, 3], { strides: [2, 2], pads: [...pads] }), (g, x) => g.relu(x));
  const pool: Make = (g, x) => g.op('MaxPool', [x], { kernel_shape: [3, 3], strides: [2, 2] });
  it.each<[string, number[], Make]>([
    ['of few taps', [1, 3, 16, 13], stem([0, 0, 0, 0])],
    ['with padding', [2, 3, 15, 14], stem([1, 1, 1, 1])],
    ['then a pooling', [1, 3, 27, 22], after(stem([0, 0, 0, 0]), pool)],
    ['with padding, then a pooling', [1, 3, 30, 31], after(stem([0, 1, 1, 1]), pool)],
  ])('has its gradient by a transposed convolution: %s', async (_name, dims, make) => {
    const graph = graphOf(dims, make);
    const { gradient } = await compareGraphs({ graph }, { graph, rules: table }, normalTensor(dims));
    expect(gradient).toBeLessThan(1e-6);
    const g = new Builder();
    const x = g.input('x', dims);
    gradients(g, g.total(make(g, x)), [x], table);
    expect(g.nodes.some(({ op }) => op === 'ConvTranspose')).toBe(true);
  });

  it('has it in phases where transposing saves little', () => {
    const g = new Builder();
    const x = g.input('x', [1, 3, 16, 16]);
    const y = conv([16, 3, 6, 6], { strides: [2, 2], pads: [2, 2, 2, 2] })(g, x);
    gradients(g, g.total(y), [x], table);
    expect(g.nodes.map(({ op }) => op)).not.toContain('ConvTranspose');
  });
});
