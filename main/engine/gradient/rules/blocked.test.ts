import { describe, expect, it } from 'vitest';
import { Builder, type Attributes } from '../../graph/builder.ts';
import type { Graph } from '../../graph/graph.ts';
import { float32, type FloatTensor } from '../../graph/tensor.ts';
import { compareGraphs, normalTensor, runOnce } from '../../testing/compare-graphs.ts';
import { gradients } from '../backward.ts';
import { rules } from '../rules.ts';
import { seededRandom } from '../testing/random.ts';
import { blocked } from './blocked.ts';

const table = { ...rules, ...blocked };
const NEIGHBOURS: Attributes = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };

/** How a graph's gradient is written, and whether its blocked form computes the same. */
async function check(dims: readonly number[], append: (g: Builder, x: string) => string) {
  const g = new Builder();
  const graph: Graph = g.finish([append(g, g.input('x', dims))]);
  return compareGraphs({ graph }, { graph, rules: table }, normalTensor(dims));
}

describe('gates in blocks', () => {
  const gates: [string, (g: Builder, x: string) => string][] = [
    ['Relu', (g, x) => g.relu(x)],
    ['ReLU6', (g, x) => g.op('Clip', [g.scale(x, 4), g.scalar(0), g.scalar(6)])],
    ['Clip from below', (g, x) => g.op('Clip', [x, g.scalar(-0.5)])],
    ['Clip from above', (g, x) => g.op('Clip', [x, '', g.scalar(0.5)])],
  ];
  const shapes = [
    [2, 32, 5, 7],
    [1, 24, 4, 4],
    [3, 16, 4],
    [2, 16],
  ];

  it.each(gates.flatMap(([name, gate]) => shapes.map((dims) => ({ name, gate, dims }))))(
    '$name on $dims is as open as it should be',
    async ({ gate, dims }) => {
      expect(await check(dims, gate)).toEqual({ values: 0, gradient: 0 });
    },
  );

  it('are closed at zero and at their bounds', async () => {
    const g = new Builder();
    const x = g.input('x', [1, 16, 1, 4]);
    const y = g.add(g.relu(x), g.op('Clip', [x, g.scalar(0), g.scalar(6)]));
    const [dx = null] = gradients(g, g.total(y), [x], table);
    const row = [-1, 0, 6, 1e-30];
    const values = float32(new Array<number[]>(16).fill(row).flat(), [1, 16, 1, 4]);
    expect((await run(g, dx, { x: values })).slice(0, 4)).toEqual([0, 0, 1, 2]);
  });
});

describe('max-pooling in blocks', () => {
  it.each([
    [1, 16, 6, 5],
    [2, 32, 3, 8],
    [1, 16, 1, 9],
    [1, 48, 2, 1],
    [1, 16, 1, 1],
    [1, 24, 5, 5],
  ])('agrees with the positions that MaxPool reports on %d × %d × %d × %d', async (...dims) => {
    const { gradient } = await check(dims, (g, x) => g.op('MaxPool', [g.unary('Exp', x)], NEIGHBOURS));
    expect(gradient).toBeLessThan(1e-6);
  });

  it.each([
    [[1, 16, 8, 6], {}],
    [[2, 32, 7, 9], {}],
    [[1, 16, 8, 6], { ceil_mode: 1 }],
    [[1, 16, 7, 10], { ceil_mode: 1 }],
    [[1, 16, 6, 7], { pads: [0, 0, 1, 1] }],
    [[1, 16, 7, 7], { pads: [0, 0, 2, 2] }],
    [[1, 16, 3, 4], {}],
    [[1, 24, 8, 6], {}],
  ])('agrees with them for windows two apart, on %j with %j', async (dims, attributes) => {
    const { gradient } = await check(dims, (g, x) =>
      g.op('MaxPool', [g.unary('Exp', x)], { kernel_shape: [3, 3], strides: [2, 2], ...attributes }),
    );
    expect(gradient).toBeLessThan(1e-6);
  });

  it('takes the general form where values may be negative, and for other windows', async () => {
    const pools: [boolean, Attributes][] = [
      [false, NEIGHBOURS],
      [false, { kernel_shape: [3, 3], strides: [2, 2] }],
      [true, { kernel_shape: [3, 3], strides: [2, 1] }],
      [true, { kernel_shape: [3, 3], pads: [1, 1, 1, 1], ceil_mode: 1, strides: [2, 2] }],
      [true, { kernel_shape: [5, 5], pads: [2, 2, 2, 2] }],
      [true, { kernel_shape: [3, 3], dilations: [2, 2], pads: [1, 1, 1, 1] }],
    ];
    for (const [rectified, attributes] of pools) {
      const found = await check([1, 16, 7, 6], (g, x) =>
        g.op('MaxPool', [rectified ? g.relu(x) : x], attributes),
      );
      expect(found).toEqual({ values: 0, gradient: 0 });
    }
  });

  it.each([
    { name: 'around every pixel', attributes: NEIGHBOURS, outer: 4, stride: 1, begin: 1 },
    {
      name: 'two apart',
      attributes: { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 },
      outer: 2,
      stride: 2,
      begin: 0,
    },
  ])(
    'gives a shared maximum one gradient, inside the window, also at borders and where all is zero: $name',
    async ({ attributes, outer, stride, begin }) => {
      const side = 4;
      const random = seededRandom(3);
      const planes = Array.from({ length: 60 }, (_, i) =>
        Array.from({ length: side * side }, () => (i === 0 ? 0 : Math.max(0, Math.round(random.normal())))),
      );
      // Channel c asks for the gradient of output c alone.
      const channels = 16;
      const dims = [planes.length, channels, side, side];
      const x = float32(
        planes.flatMap((plane) => new Array<number[]>(channels).fill(plane).flat()),
        dims,
      );
      const places = outer * outer;
      const asked = planes.flatMap(() =>
        Array.from({ length: channels * places }, (_, i) => (i % places === Math.floor(i / places) ? 1 : 0)),
      );
      const g = new Builder();
      const activations = g.unary('Abs', g.input('x', dims));
      const pooled = g.op('MaxPool', [activations], attributes);
      const weights = g.constant(float32(asked, [planes.length, channels, outer, outer]));
      const [dx = null] = gradients(g, g.total(g.mul(pooled, weights)), [activations], table);
      expect(g.nodes.map(({ op }) => op)).not.toContain('ScatterElements');
      const found = await run(g, dx, { x });
      planes.forEach((plane, n) => {
        for (let c = 0; c < places; c++) {
          const start = (n * channels + c) * side * side;
          const winners = found.slice(start, start + side * side).flatMap((v, i) => (v === 0 ? [] : [i]));
          expect(winners).toHaveLength(1);
          const [winner = -1] = winners;
          expect(found[start + winner]).toBe(1);
          const [row, column] = [Math.floor(c / outer) * stride - begin, (c % outer) * stride - begin];
          const inside = (i: number): boolean =>
            Math.abs(Math.floor(i / side) - row - 1) <= 1 && Math.abs((i % side) - column - 1) <= 1;
          expect(inside(winner)).toBe(true);
          // The first in reading order, as where MaxPool reports positions.
          const most = Math.max(...plane.filter((_, i) => inside(i)));
          expect(winner).toBe(plane.findIndex((v, i) => inside(i) && v === most));
        }
      });
    },
  );
});

async function run(g: Builder, output: string | null, feeds: Record<string, FloatTensor>): Promise<number[]> {
  if (output === null) throw new Error('There is no gradient.');
  const results = await runOnce(g.finish([output]), feeds);
  return [...(results[output]?.data ?? [])];
}
