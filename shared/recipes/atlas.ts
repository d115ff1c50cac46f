/** The settings of an atlas: every channel of a layer, small and quickly made. */
import { seed } from './common.ts';
import type { Fields, SettingsOf } from './fields.ts';

export const atlas = {
  layer: {
    kind: 'text',
    label: 'Layer',
    help: 'The layer whose channels are made visible',
    default: null,
    auto: 'the last layer that a dream would excite',
  },
  size: {
    kind: 'integer',
    label: 'Size',
    help: 'Side of each image',
    unit: 'px',
    default: 96,
    min: 32,
    max: 512,
  },
  steps: {
    kind: 'integer',
    label: 'Steps',
    help: 'Steps of the optimisation of each channel',
    default: 128,
    min: 1,
    max: 4096,
  },
  seed,
} as const satisfies Fields;

export type AtlasSettings = SettingsOf<typeof atlas>;
