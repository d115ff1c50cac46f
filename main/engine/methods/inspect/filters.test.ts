/** Sheets of filters, pixel by pixel, on convolutions made for it. */
import { parseRequest, type RequestOf } from '../../../../shared/methods/request.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { errorData } from '../../../../shared/errors.ts';
import type { FiltersResult } from '../../../../shared/methods/filters.ts';
import type { Graph } from '../../graph/graph.ts';
import { float32 } from '../../graph/tensor.ts';
import { decodeImage } from '../../imaging/codec.ts';
import { loadModel } from '../../models/load.ts';
import { Model } from '../../models/model.ts';
import { tinyGraph, writeTinyModel } from '../../testing/tiny-model.ts';
import { runFilters } from './filters.ts';
import { resultOf } from '../../../../shared/jobs.ts';
import { ProgramCache } from '../../runtime/cache.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';

const folder = await mkdtemp(join(tmpdir(), 'reverie-filters-'));
afterAll(() => rm(folder, { recursive: true }));
writeTinyModel(join(folder, 'tiny.onnx'));
const { card } = await loadModel(join(folder, 'tiny.onnx'));

/** The tiny network with one filter on the picture: 1×2 weights of red (2, −2), green (1, 0) and blue (0, −1). */
const graph: Graph = {
  ...tinyGraph,
  nodes: tinyGraph.nodes.slice(0, 2),
  outputs: ['relu1'],
  constants: new Map([['w1', float32([2, -2, 1, 0, 0, -1], [1, 3, 1, 2])]]),
};
const modelOf = (order: 'RGB' | 'BGR', of = graph): Model =>
  new Model('net', '0'.repeat(64), of, {
    ...card,
    preprocessing: { ...card.preprocessing, channelOrder: order },
  });
const out = join(folder, 'filters.png');
const requestOf = (settings: object = {}) => parseRequest('filters', { settings, out });

/** The colour of the sheet at a pixel, in grey levels. */
async function colourAt(x: number, y: number): Promise<number[]> {
  const { width, height, data } = (await decodeImage(out)).pixels;
  return [0, 1, 2].map((c) => Math.round(255 * (data[(c * height + y) * width + x] ?? NaN)));
}

const showFilters = (model: Model, request: RequestOf<'filters'>): Promise<FiltersResult> =>
  resultOf(
    runFilters(
      { model, runtime: onnxRuntime({ threads: 1 }), programs: new ProgramCache(0) },
      request,
      undefined,
    ),
  );

describe('filters of the picture', () => {
  it('are in colour, zero at mid-grey and the largest weight at full size, enlarged without smoothing', async () => {
    const result = await showFilters(modelOf('RGB'), requestOf({ scale: 3 }));
    expect(result).toMatchObject({
      output: out,
      layer: 'conv1',
      filters: 1,
      channels: 3,
      kernel: { width: 2, height: 1 },
      recipe: { method: 'filters', source: null, settings: { layer: 'conv1', scale: 3 } },
    });
    const [left, right] = [
      [255, 191, 128],
      [0, 128, 64],
    ];
    for (const x of [2, 3, 4]) expect(await colourAt(x, 2)).toEqual(left);
    for (const x of [5, 6, 7]) expect(await colourAt(x, 4)).toEqual(right);
    expect(await colourAt(1, 1)).toEqual([0, 0, 0]);
  });

  it('of a network that takes blue first are shown in the right colours', async () => {
    await showFilters(modelOf('BGR'), requestOf({ scale: 3 }));
    expect(await colourAt(2, 2)).toEqual([128, 191, 255]);
  });

  it('are found behind what only scales or pads', async () => {
    const [conv, ...rest] = graph.nodes;
    if (conv === undefined) throw new Error('no nodes');
    const scaled = {
      op: 'Mul',
      name: 'scaled',
      inputs: ['data', 'two'],
      outputs: ['scaled'],
      attributes: {},
    };
    const behind: Graph = {
      ...graph,
      nodes: [scaled, { ...conv, inputs: ['scaled', 'w1'] }, ...rest],
      constants: new Map([...graph.constants, ['two', float32([2], [])]]),
    };
    expect(await showFilters(modelOf('RGB', behind), requestOf())).toMatchObject({ layer: 'conv1' });
  });
});

describe('other filters', () => {
  it('are grey, with a sheet for each channel', async () => {
    const result = await showFilters(modelOf('RGB', tinyGraph), requestOf({ layer: 'conv2', scale: 2 }));
    expect(result).toMatchObject({
      layer: 'conv2',
      filters: 6,
      channels: 8,
      kernel: { width: 3, height: 3 },
    });
    const { pixels } = await decodeImage(out);
    // Eight sheets in 3×3, each of six filters in 3×2: 3·(3·6 + 4·2) + 2·12 by 3·(2·6 + 3·2) + 2·12.
    expect([pixels.width, pixels.height]).toEqual([102, 78]);
    const plane = pixels.width * pixels.height;
    expect(pixels.data.subarray(0, plane)).toEqual(pixels.data.subarray(plane, 2 * plane));
  });

  it.each([
    ['a layer that is no convolution', { layer: 'relu1' }, tinyGraph, 'layer/unusable'],
    ['an unknown layer', { layer: 'conv9' }, tinyGraph, 'layer/unknown'],
    [
      'a network that begins otherwise',
      {},
      {
        ...graph,
        outputs: ['relu1'],
        nodes: [
          {
            op: 'MaxPool',
            name: 'relu1',
            inputs: ['data'],
            outputs: ['relu1'],
            attributes: { kernel_shape: [2, 2] },
          },
        ],
      },
      'layer/unusable',
    ],
  ])('of %s are refused', async (_, settings, of, code) => {
    const error = await showFilters(modelOf('RGB', of), requestOf(settings)).then(
      () => Promise.reject(new Error('was not refused')),
      errorData,
    );
    expect(error.code).toBe(code);
  });
});
