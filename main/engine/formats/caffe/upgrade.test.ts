import { describe, expect, it, test } from 'vitest';
import type { LayerParameter, V0LayerParameter, V1LayerParameter } from './messages.ts';
import { upgradedLayers } from './upgrade.ts';

const upgraded = (layer: V1LayerParameter): LayerParameter | undefined =>
  upgradedLayers({ layers: [layer] })[0];
const fromV0 = (layer: V0LayerParameter): LayerParameter | undefined =>
  upgraded({ layer, bottom: ['x'], top: ['y'] });

describe('version 0', () => {
  it.each<[string, V0LayerParameter, LayerParameter]>([
    [
      'conv',
      { type: 'conv', numOutput: 96, kernelsize: 11, stride: 4, pad: 2, group: 2, biasterm: false },
      {
        type: 'Convolution',
        convolutionParam: {
          numOutput: 96,
          kernelSize: [11],
          stride: [4],
          pad: [2],
          group: 2,
          biasTerm: false,
        },
      },
    ],
    [
      'conv by its defaults',
      { type: 'conv', numOutput: 8, kernelsize: 3 },
      {
        type: 'Convolution',
        convolutionParam: { numOutput: 8, kernelSize: [3], stride: [], pad: [], group: 1, biasTerm: true },
      },
    ],
    [
      'pool',
      { type: 'pool', pool: 'AVE', kernelsize: 3, stride: 2 },
      { type: 'Pooling', poolingParam: { pool: 'AVE', kernelSize: [3], stride: [2], pad: [] } },
    ],
    [
      'innerproduct',
      { type: 'innerproduct', numOutput: 10 },
      { type: 'InnerProduct', innerProductParam: { numOutput: 10, biasTerm: true } },
    ],
    [
      'lrn',
      { type: 'lrn', localSize: 3, alpha: 1e-4 },
      { type: 'LRN', lrnParam: { localSize: 3, alpha: 1e-4, beta: 0.75, k: 1 } },
    ],
    ['concat', { type: 'concat' }, { type: 'Concat', concatParam: { concatDim: 1 } }],
    [
      'data',
      { type: 'data', cropsize: 227, scale: 0.5 },
      { type: 'Data', transformParam: { cropSize: 227, scale: 0.5 } },
    ],
    ['softmax_loss', { type: 'softmax_loss' }, { type: 'SoftmaxWithLoss' }],
    ['a type of a branch', { type: 'toString' }, { type: 'toString' }],
  ])('%s', (_, old, expected) => {
    const blobs = [new Uint8Array(1)];
    expect(fromV0({ ...old, name: 'l', blobs })).toMatchObject({
      name: 'l',
      bottom: ['x'],
      top: ['y'],
      blobs,
      ...expected,
    });
  });

  const padding = { layer: { name: 'pad', type: 'padding', pad: 2 }, bottom: ['x'], top: ['p'] };

  test('a padding layer becomes the pad of the convolution behind it', () => {
    const conv = {
      layer: { name: 'c', type: 'conv', numOutput: 1, kernelsize: 5 },
      bottom: ['p'],
      top: ['c'],
    };
    const layers = upgradedLayers({ layers: [padding, conv] });
    expect(layers).toMatchObject([{ name: 'c', bottom: ['x'], convolutionParam: { pad: [2] } }]);
  });

  test('a padding layer before anything else is refused', () => {
    const layers = [padding, { layer: { name: 'r', type: 'relu' }, bottom: ['p'], top: ['r'] }];
    expect(() => upgradedLayers({ layers })).toThrow(expect.objectContaining({ code: 'model/unsupported' }));
  });
});

describe('version 1', () => {
  test('keeps its settings under the names of today', () => {
    const poolingParam = { pool: 'MAX', kernelSize: [3] };
    const layer = { name: 'p', type: 'POOLING', bottom: ['x'], top: ['p'], poolingParam };
    expect(upgraded(layer)).toMatchObject({ ...layer, type: 'Pooling' });
  });

  it.each<[string, V1LayerParameter, LayerParameter]>([
    [
      'what a data layer said itself',
      { type: 'DATA', dataParam: { cropSize: 224, scale: 2 } },
      { type: 'Data', transformParam: { cropSize: 224, scale: 2 } },
    ],
    [
      'what a layer of image files said itself',
      { type: 'IMAGE_DATA', imageDataParam: { cropSize: 64 }, transformParam: { meanValue: [1] } },
      { type: 'ImageData', transformParam: { cropSize: 64, meanValue: [1] } },
    ],
    ['a number of a branch', { type: 77 }, { type: '77' }],
    ['no type', {}, { type: '' }],
  ])('%s', (_, old, expected) => {
    expect(upgraded(old)).toMatchObject(expected);
  });
});

test('version 2 is left alone, and old layers count where a file has both', () => {
  const layer = [{ name: 'new', type: 'ReLU' }];
  expect(upgradedLayers({ layer })).toBe(layer);
  expect(upgradedLayers({ layer, layers: [{ name: 'old', type: 'RELU' }] })).toMatchObject([
    { name: 'old', type: 'ReLU' },
  ]);
});
