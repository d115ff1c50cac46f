/** Networks of six families as PyTorch's exporters write them (`fixtures/export.py`), brought from file to gradient. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { isRecord } from '../../../shared/schema.ts';
import { gradients } from '../gradient/backward.ts';
import { rules } from '../gradient/rules.ts';
import { Builder } from '../graph/builder.ts';
import { specialise } from '../graph/shapes.ts';
import { float32 } from '../graph/tensor.ts';
import { runOnce } from '../testing/compare-graphs.ts';
import { gradientErrors } from '../testing/network-gradient.ts';
import { loadModel } from './load.ts';
import { dreamLayers } from './families.ts';
import type { Layer } from './layers.ts';
import type { Model } from './model.ts';

const folder = join(import.meta.dirname, 'fixtures');

interface Family {
  /** File without its extension; the number is its operator set. */
  readonly file: string;
  readonly family: string;
  /** Layers that a person would look for, and one of them, or another, in the middle of the network. */
  readonly named: readonly string[];
  readonly middle: string;
}

const FAMILIES: readonly Family[] = [
  {
    file: 'resnet-11',
    family: 'ResNet',
    named: ['conv1/Conv', 'layer1.0', 'layer4/layer4.0/relu_1/Relu', 'logits'],
    middle: 'layer3/layer3.0/Add',
  },
  {
    file: 'resnet-18',
    family: 'ResNet',
    named: ['conv1', 'layer1.0.conv3', 'layer4.0.downsample.0', 'logits'],
    middle: 'layer3.0.conv3',
  },
  {
    file: 'densenet-13',
    family: 'DenseNet',
    named: ['denseblock1', 'features/transition2/conv/Conv', 'features/norm5/BatchNormalization', 'logits'],
    middle: 'features/denseblock3/Concat',
  },
  {
    file: 'mobilenet-v3-13',
    family: 'MobileNet v3',
    named: ['features/features.0/features.0.0/Conv', 'features.4', 'classifier/classifier.0/Gemm', 'logits'],
    middle: 'features/features.3/block/block.2/Mul',
  },
  {
    file: 'efficientnet-18',
    family: 'EfficientNet',
    named: ['features.0.0', 'features.2.0.block.2.fc1', 'features.4.0', 'logits'],
    middle: 'features.2.1.block.3.0',
  },
  {
    file: 'convnext-18',
    family: 'ConvNeXt',
    named: ['features.0.0', 'layer_norm', 'gelu_1', 'logits'],
    middle: 'gelu_1',
  },
  {
    file: 'vit-17',
    family: 'Vision Transformer',
    named: ['conv_proj/Conv', 'encoder_layer_0', 'encoder/ln/LayerNormalization', 'logits'],
    middle: 'encoder/layers/encoder_layer_0/self_attention/Softmax',
  },
  {
    file: 'vit-18',
    family: 'Vision Transformer',
    named: ['conv_proj', 'scaled_dot_product_attention_1', 'logits'],
    middle: 'layer_norm_2',
  },
];

const open = (file: string): Promise<Model> => loadModel(join(folder, `${file}.onnx`));

describe.each(FAMILIES)('$file', ({ file, family, named, middle }) => {
  test('is recognised, and its layers have names', async () => {
    const model = await open(file);
    expect(model.card.title).toBe(family);
    expect(model.card.guessed).toBe(false);
    const layers = model.layers();
    expect(layers.length).toBeGreaterThan(20);
    const names = new Set(layers.map(({ name }) => name));
    expect(names.size).toBe(layers.length);
    const found = new Set(layers.flatMap(({ name, aliases }) => [name, ...aliases]));
    expect(named.filter((name) => !found.has(name))).toEqual([]);
    expect(layers.at(-1)).toMatchObject({ name: 'logits', channels: 10, width: 1, height: 1 });
  });

  it('computes what PyTorch computes, and the same gradient', async () => {
    const { side, logits, gradient, norm } = referenceOf(file);
    const { graph } = await open(file);
    const dims = [1, 3, side, side];
    const { graph: special, infos } = specialise(graph, { input: dims });
    const g = new Builder();
    g.inline(special, infos, { input: g.input('input', dims) });
    const weights = g.constant(
      float32(
        logits.map((_, k) => Math.cos(k)),
        [1, 10],
      ),
    );
    const [dx = null] = gradients(g, g.total(g.mul('logits', weights)), ['input'], rules);
    if (dx === null) throw new Error('The logits do not depend on the picture.');
    const picture = Float32Array.from({ length: 3 * side * side }, (_, i) => Math.sin(12.9898 * (i + 1)));
    const found = await runOnce(g.finish(['logits', dx]), { input: float32(picture, dims) });
    const all = found[dx]?.data ?? new Float32Array();
    const part = [0, 1, 2].flatMap((channel) => {
      const from = (channel * side + 5) * side + 5;
      return [...all.subarray(from, from + 4)];
    });
    const apart = (a: ArrayLike<number>, b: readonly number[]): number =>
      Math.max(...b.map((value, i) => Math.abs((a[i] ?? NaN) - value)));
    expect(apart(found['logits']?.data ?? [], logits)).toBeLessThan(1e-5);
    expect(Math.abs(Math.hypot(...all) / norm - 1)).toBeLessThan(1e-4);
    expect(apart(part, gradient)).toBeLessThan(1e-4 * Math.max(...gradient.map(Math.abs)));
  });

  it.each([middle, 'logits'])('has a gradient at %s that agrees with differences', async (layer) => {
    const model = await open(file);
    const { size } = model.card.preprocessing;
    const [, median] = await gradientErrors(model, layer, { width: size, height: size });
    expect(median).toBeLessThan(1e-4);
  });
});

describe('the layers to dream with of a network of no known family', () => {
  const layer = (name: string, width: number, height: number, other: Partial<Layer> = {}): Layer => ({
    ...{ name, tensor: name, op: 'Relu', role: 'activation', axes: [], parameters: 0, aliases: [] },
    ...{ channels: 8, width, height, grid: true, before: 0, after: 0, plain: true },
    ...other,
  });

  it.each([
    ['wide', 1, 2],
    ['high', 2, 1],
    ['square', 1, 1],
  ])('are the last that see a sixteenth of the picture where it is %s', (_, high, wide) => {
    const layers = [64, 16, 8].map((side) => layer(`of ${side}`, side * wide, side * high));
    expect(dreamLayers(layers, { width: 256 * wide })).toEqual(['of 16']);
  });

  it('are none that only pad another or cut it', () => {
    const padded = layer('padded', 17, 17, { op: 'Pad', role: 'rearrangement' });
    const cut = layer('cut', 16, 16, { op: 'Slice', role: 'rearrangement' });
    expect(dreamLayers([layer('seen', 16, 16), padded, cut, layer('end', 8, 8)], { width: 256 })).toEqual([
      'seen',
    ]);
  });
});

interface Reference {
  readonly side: number;
  readonly logits: readonly number[];
  /** Of three channels, the values in row 5 from column 5 to 8. */
  readonly gradient: readonly number[];
  /** Of the whole gradient. */
  readonly norm: number;
}

function referenceOf(file: string): Reference {
  const references: unknown = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8'));
  const found = isRecord(references) ? references[file] : undefined;
  if (!isRecord(found)) throw new Error(`reference.json has no "${file}".`);
  const { side, logits, gradient, norm } = found;
  if (typeof side !== 'number' || typeof norm !== 'number' || !isNumbers(logits) || !isNumbers(gradient))
    throw new Error('reference.json has changed its form.');
  return { side, logits, gradient, norm };
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}
