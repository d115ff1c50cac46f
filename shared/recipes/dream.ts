/**
 * The settings of a deep dream. The original notebook (google/deepdream) took 4 octaves of 10 steps of 1.5 grey levels,
 * normalised by the mean; beside it, five octaves with the gradient's frequency bands normalised one by one grow richer
 * colours and clearer shapes out of the same photos, so these are the defaults.
 */
import { seed } from './common.ts';
import type { Fields, SettingsOf } from './fields.ts';

/** The longer side, in pixels, to which a picture is brought when no size is asked for. Smaller ones keep theirs. */
export const DREAM_LONGER_SIDE = 1024;

export const dream = {
  layers: {
    kind: 'layers',
    label: 'Layers',
    help: 'Layers to excite, with weights: mixed4c:1,mixed3b:0.5',
    default: null,
    auto: "the network's own choice",
  },
  channels: {
    kind: 'integers',
    label: 'Channels',
    help: 'Only these channels of each layer, counted from 0: 11,84',
    default: null,
    auto: 'all',
    min: 0,
    max: 65535,
  },
  octaves: {
    kind: 'integer',
    label: 'Octaves',
    help: 'How many sizes are dreamed on, from small to full',
    default: 5,
    min: 1,
    max: 12,
  },
  octaveScale: {
    kind: 'number',
    label: 'Octave scale',
    help: 'How much larger each octave is than the one before',
    default: 1.4,
    min: 1.05,
    max: 3,
    step: 0.05,
    advanced: true,
  },
  steps: {
    kind: 'integer',
    label: 'Steps',
    help: 'Gradient steps in each octave',
    default: 12,
    min: 1,
    max: 2000,
  },
  rate: {
    kind: 'number',
    label: 'Strength',
    help: 'How much a step changes the picture',
    unit: 'grey levels',
    default: 2,
    min: 0.01,
    max: 50,
    step: 0.1,
  },
  normalise: {
    kind: 'choice',
    label: 'Normalise by',
    help: "What a step's gradient is divided by: its mean size, its deviation, or each of its frequency bands",
    default: 'laplacian',
    options: ['laplacian', 'mean', 'deviation'],
    advanced: true,
  },
  jitter: {
    kind: 'integer',
    label: 'Jitter',
    help: 'The picture is shifted by up to this much before each step, so that no seams grow',
    unit: 'px',
    default: 32,
    min: 0,
    max: 512,
    advanced: true,
  },
  tile: {
    kind: 'integer',
    label: 'Tile',
    help: 'Larger pictures are worked on in tiles of this side, to bound memory',
    unit: 'px',
    default: null,
    auto: 'what suits the network and the device',
    min: 64,
    max: 4096,
    advanced: true,
  },
  guide: {
    kind: 'file',
    label: 'Guide',
    help: 'A picture whose features are to be grown',
    default: null,
    auto: 'none',
    accepts: 'picture',
  },
  mask: {
    kind: 'file',
    label: 'Mask',
    help: 'A picture that says where to dream: white is dreamed on, black is left alone',
    default: null,
    auto: 'everywhere',
    accepts: 'picture',
    mask: true,
  },
  keepColour: {
    kind: 'boolean',
    label: 'Keep colours',
    help: "Keep the picture's own colours and dream in brightness alone",
    default: false,
  },
  size: {
    kind: 'integer',
    label: 'Size',
    help: 'The longer side of the result',
    unit: 'px',
    default: null,
    auto: `the picture's own, at most ${DREAM_LONGER_SIDE}`,
    min: 16,
    max: 32768,
  },
  seed,
} as const satisfies Fields;

export type DreamSettings = SettingsOf<typeof dream>;
