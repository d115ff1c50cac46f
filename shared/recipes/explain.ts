/**
 * The settings of an explanation. Several methods bear one name in different libraries, so each definition is written out
 * here, and results carry it with them.
 */
import { seed } from './common.ts';
import type { Fields, SettingsOf } from './fields.ts';

/** The methods by the name that settings use, with the definition that we use. */
export const attributions = {
  gradient: {
    label: 'Gradient',
    definition: 'the gradient of the score with respect to the pixels',
  },
  'input-x-gradient': {
    label: 'Input × gradient',
    definition: 'the gradient times the pixels, which are 0 for black and 1 for white',
  },
  smoothgrad: {
    label: 'SmoothGrad',
    definition: 'the mean of gradients at copies of the picture with normal noise',
  },
  'integrated-gradients': {
    label: 'Integrated gradients',
    definition:
      'the mean gradient along the straight path from the baseline, by Gauss–Legendre quadrature, times the way',
  },
  'guided-backprop': {
    label: 'Guided backprop',
    definition: 'the gradient with every gate passing only what is positive, and only where it is open',
  },
  deconvnet: {
    label: 'Deconvnet',
    definition: 'the gradient with every gate passing only what is positive, open or not',
  },
  'grad-cam': {
    label: 'Grad-CAM',
    definition:
      "the positive part of a layer's channels, each weighted by the mean of its gradient, enlarged bilinearly",
  },
  'guided-grad-cam': {
    label: 'Guided Grad-CAM',
    definition: 'guided backprop times Grad-CAM',
  },
  occlusion: {
    label: 'Occlusion',
    definition: 'the mean fall of the score over the grey squares that cover a pixel',
  },
} as const;

export type Attribution = keyof typeof attributions;

export const explain = {
  method: {
    kind: 'choices',
    label: 'Methods',
    help: 'One or several, side by side',
    default: ['gradient'],
    options: [
      'gradient',
      'input-x-gradient',
      'smoothgrad',
      'integrated-gradients',
      'guided-backprop',
      'deconvnet',
      'grad-cam',
      'guided-grad-cam',
      'occlusion',
    ],
  },
  target: {
    kind: 'objective',
    label: 'Target',
    help: 'What is explained: a class, a unit of any layer, or a weighted sum',
    default: null,
    auto: 'the likeliest class',
  },
  score: {
    kind: 'choice',
    label: 'Score',
    help: 'What a class counts by: its logit, or its log-probability, which also falls as other classes rise',
    default: 'logit',
    options: ['logit', 'log-probability'],
  },
  display: {
    kind: 'choice',
    label: 'Display',
    help: 'Sizes in grey, signs in blue and red, colours around mid-grey, or heat',
    default: null,
    auto: 'what suits the method',
    options: ['magnitude', 'signed', 'colour', 'heat'],
  },
  opacity: {
    kind: 'number',
    label: 'Opacity',
    help: 'Of the maps over the picture; 1 shows the maps alone',
    default: 1,
    min: 0,
    max: 1,
    step: 0.05,
  },
  layer: {
    kind: 'text',
    label: 'Layer',
    help: 'The layer that Grad-CAM looks at',
    default: null,
    auto: 'the last one before the target that has a grid',
  },
  samples: {
    kind: 'integer',
    label: 'Samples',
    help: 'Noisy copies that SmoothGrad averages over',
    default: 25,
    min: 1,
    max: 1000,
    advanced: true,
  },
  noise: {
    kind: 'number',
    label: 'Noise',
    help: "Deviation of SmoothGrad's noise, as a part of the picture's range",
    default: 0.15,
    min: 0,
    max: 2,
    step: 0.01,
    advanced: true,
  },
  squares: {
    kind: 'boolean',
    label: 'Mean of squares',
    help: 'SmoothGrad averages the squares of the gradients instead, so that signs do not cancel',
    default: false,
    advanced: true,
  },
  nodes: {
    kind: 'integer',
    label: 'Nodes',
    help: 'Points on the path of integrated gradients',
    default: 50,
    min: 1,
    max: 1000,
    advanced: true,
  },
  baseline: {
    kind: 'choice',
    label: 'Baseline',
    help: 'The picture that the path of integrated gradients begins at; "mean" is the mean colour of the picture',
    default: 'black',
    options: ['black', 'grey', 'white', 'mean'],
    advanced: true,
  },
  occlusionSize: {
    kind: 'integer',
    label: 'Square',
    help: 'Side of the square that occlusion moves over the picture',
    unit: 'px',
    default: null,
    auto: 'a seventh of the picture',
    min: 1,
    max: 1024,
    advanced: true,
  },
  occlusionStride: {
    kind: 'integer',
    label: 'Stride',
    help: 'How far the square moves',
    unit: 'px',
    default: null,
    auto: 'half of the square',
    min: 1,
    max: 1024,
    advanced: true,
  },
  randomise: {
    kind: 'boolean',
    label: 'Compare with random weights',
    help: 'Repeat with the weights shuffled and tell how alike the maps are: those that hardly change show the picture, not the network',
    default: false,
    advanced: true,
  },
  size: {
    kind: 'integer',
    label: 'Size',
    help: 'Side of the square that the network sees',
    unit: 'px',
    default: null,
    auto: "the network's own",
    min: 16,
    max: 1024,
    advanced: true,
  },
  seed,
} as const satisfies Fields;

export type ExplainSettings = SettingsOf<typeof explain>;
