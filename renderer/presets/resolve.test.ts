import { describe, expect, it } from 'vitest';
import type { LayerInfo, LayerRole, ModelInfo } from '../../shared/contract/models.ts';
import { dream } from '../../shared/recipes/dream.ts';
import { defaultsOf } from '../../shared/recipes/fields.ts';
import { layerOf, networkOf } from '../testing/items.ts';
import { presets } from './presets.ts';
import { applyPreset, dreamable, layerAt, presetOf } from './resolve.ts';

const layer = (name: string, role: LayerRole, side = 28): LayerInfo =>
  layerOf({ name, role, width: side, height: side });

/** Like GoogLeNet: a stem, blocks that end in a concatenation, and a head without space. */
const blocks = [
  layer('conv1', 'convolution', 112),
  layer('relu1', 'activation', 112),
  layer('pool1', 'pooling', 56),
  ...[1, 2, 3, 4].flatMap((n) => [
    layer(`${n}a`, 'convolution'),
    layer(`${n}a-relu`, 'activation'),
    layer(`mixed${n}`, 'join'),
  ]),
  layer('pool', 'pooling', 1),
  layer('fc', 'linear', 1),
];
/** Like VGG: nothing but convolutions and activations. */
const plain = [1, 2, 3].flatMap((n) => [layer(`conv${n}`, 'convolution'), layer(`relu${n}`, 'activation')]);
/** Its activations are written as x·sigmoid(x). */
const gated = [1, 2, 3].flatMap((n) => [
  layer(`conv${n}`, 'convolution'),
  layer(`sigmoid${n}`, 'activation'),
  layer(`silu${n}`, 'gating'),
]);
/** Without even those. */
const bare = [layer('a', 'convolution'), layer('b', 'convolution'), layer('logits', 'linear', 1)];

const network = (layers: readonly LayerInfo[]): ModelInfo => networkOf({ layers });

describe('the layers worth dreaming on', () => {
  it.each([
    ['the ends of blocks, after the stem', blocks, ['relu1', 'mixed1', 'mixed2', 'mixed3', 'mixed4']],
    ['what follows each activation', plain, ['relu1', 'relu2', 'relu3']],
    [
      'and where it is a product, that too',
      gated,
      ['sigmoid1', 'silu1', 'sigmoid2', 'silu2', 'sigmoid3', 'silu3'],
    ],
    ['whatever has space', bare, ['a', 'b']],
  ])('are %s', (_name, layers, expected) => {
    expect(dreamable(layers).map(({ name }) => name)).toEqual(expected);
  });

  it.each([
    [0, 'relu1'],
    [0.5, 'mixed2'],
    [1, 'mixed4'],
  ])('at depth %f: %s', (depth, name) => {
    expect(layerAt(blocks, depth)).toBe(name);
  });
});

describe('looks', () => {
  const usual = defaultsOf(dream);

  it.each(presets.map((preset) => [preset.name, preset] as const))(
    '%s is known again by its settings',
    (_name, preset) => {
      const net = network(blocks);
      const settings = applyPreset(preset, net, { ...usual, seed: 7, size: 800 });
      expect(settings).toMatchObject({ seed: 7, size: 800, ...preset.settings });
      expect(presetOf(presets, net, settings)?.id).toBe(preset.id);
    },
  );

  it.each([blocks, plain, bare])('name only layers of the network', (...layers) => {
    const names = new Set(layers.map(({ name }) => name));
    for (const preset of presets) {
      for (const { layer: name } of applyPreset(preset, network(layers), usual).layers ?? []) {
        expect(names).toContain(name);
      }
    }
  });

  it('are gone when a setting is changed', () => {
    expect(presetOf(presets, network(blocks), { ...usual, rate: 7 })).toBeUndefined();
  });
});
