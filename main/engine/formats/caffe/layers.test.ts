import { describe, expect, it, test } from 'vitest';
import { inferShapes, specialise } from '../../graph/shapes.ts';
import { float32, numbers, sizeOf } from '../../graph/tensor.ts';
import { compareGraphs } from '../../testing/compare-graphs.ts';
import { refusal } from '../../testing/refusal.ts';
import { runGraph } from '../../testing/run-graph.ts';
import { arrangementsCases } from './layers/arrangements.cases.ts';
import { functionsCases } from './layers/functions.cases.ts';
import { normalisationsCases } from './layers/normalisations.cases.ts';
import { windowsCases } from './layers/windows.cases.ts';
import { translations } from './network.ts';
import { described, waves, type Weights } from './testing/described.ts';
import { DIMS, reader, sum, tabulate, type Case } from './testing/formulas.ts';

const cases: readonly Case[] = [
  ...arrangementsCases,
  ...functionsCases,
  ...normalisationsCases,
  ...windowsCases,
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
    const act = () =>
      described(`layer { name: "l" bottom: "x" top: "y" ${layer} }`, { l: [waves([6, 2, 3, 2])] }, DIMS);
    expect(refusal(act)).toMatchObject({ code, message: expect.stringContaining('Layer "l" (') });
  });
});
