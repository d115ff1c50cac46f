/**
 * The settings of a feature visualisation. The defaults are lucid's (128 pixels, 512 steps of Adam at 0.05, Fourier coefficients
 * with decorrelated colours, its transforms): with them GoogLeNet's units look as they were published, and excite their own
 * channel several times as much as any photo does (`npm run bench -- --only selectivity`). No transformer with trained weights has been measured that way: on tokens
 * they are the same, for want of better ones.
 */
import { seed } from './common.ts';
import type { Fields, SettingsOf } from './fields.ts';

/** What `null` stands for, by parametrisation. MACO's crops see a small part of the image each, so it needs more pixels; a power of two is transformed fastest. */
export const PARAMETRISATION_DEFAULTS = {
  fourier: { size: 128, steps: 512, rate: 0.05 },
  pixels: { size: 128, steps: 512, rate: 0.05 },
  maco: { size: 256, steps: 256, rate: 1 },
} as const;

const { fourier, maco } = PARAMETRISATION_DEFAULTS;

export const visualize = {
  target: {
    kind: 'objectives',
    label: 'Targets',
    help: 'What is made large; each target makes an image of its own, and a target may be a weighted sum',
    default: null,
    auto: 'name at least one',
  },
  param: {
    kind: 'choice',
    label: 'Parametrisation',
    help: 'What is optimised: waves with decorrelated colours, plain pixels, or the phases of waves as strong as in photos',
    default: 'fourier',
    options: ['fourier', 'pixels', 'maco'],
  },
  size: {
    kind: 'integer',
    label: 'Size',
    help: 'Side of each image',
    unit: 'px',
    default: null,
    auto: `${fourier.size}, for maco ${maco.size}`,
    min: 16,
    max: 1024,
  },
  steps: {
    kind: 'integer',
    label: 'Steps',
    help: 'Steps of the optimisation',
    default: null,
    auto: `${fourier.steps}, for maco ${maco.steps}`,
    min: 1,
    max: 16384,
  },
  rate: {
    kind: 'number',
    label: 'Rate',
    help: 'How far a step goes',
    default: null,
    auto: `${fourier.rate}, for maco ${maco.rate}`,
    min: 0.0001,
    max: 10,
    step: 0.01,
    advanced: true,
  },
  diversity: {
    kind: 'integer',
    label: 'Diversity',
    help: 'Images for each target, kept as different from each other as the target allows',
    default: 1,
    min: 1,
    max: 16,
  },
  diversityWeight: {
    kind: 'number',
    label: 'Diversity weight',
    help: 'How much being different counts, next to the target',
    default: 1,
    min: 0,
    max: 100,
    step: 0.1,
    advanced: true,
  },
  negative: {
    kind: 'boolean',
    label: 'Negative',
    help: 'Make the targets as small as possible instead',
    default: false,
  },
  interpolate: {
    kind: 'integer',
    label: 'Interpolate',
    help: 'So many images in a row, from the first target to the second',
    default: null,
    auto: 'none',
    min: 3,
    max: 16,
  },
  transforms: {
    kind: 'boolean',
    label: 'Transforms',
    help: 'Jitter, scale and rotate the image before each step, so that it cannot rely on single pixels',
    default: true,
    advanced: true,
  },
  magnify: {
    kind: 'number',
    label: 'Magnify',
    help: 'How many times enlarged the network sees the image',
    default: 1,
    min: 0.5,
    max: 4,
    step: 0.25,
    advanced: true,
  },
  crops: {
    kind: 'integer',
    label: 'Crops',
    help: 'Parts of the image that a step of maco looks at',
    default: 4,
    min: 1,
    max: 32,
    advanced: true,
  },
  cosinePower: {
    kind: 'integer',
    label: 'Cosine power',
    help: 'How much a direction is about the angle rather than the length',
    default: 1,
    min: 0,
    max: 4,
    advanced: true,
  },
  redirectedRelu: {
    kind: 'boolean',
    label: 'Redirected ReLU',
    help: 'Where a unit is silent at the start, lead its gradient through closed gates for the first 16 steps',
    default: true,
    advanced: true,
  },
  smoothedPooling: {
    kind: 'boolean',
    label: 'Smoothed pooling',
    help: 'Differentiate max-pooling as if it averaged',
    default: false,
    advanced: true,
  },
  seed,
} as const satisfies Fields;

export type VisualizeSettings = SettingsOf<typeof visualize>;
