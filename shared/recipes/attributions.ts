/**
 * The methods of an explanation. Several bear one name in different libraries, so each definition is written out here, and
 * results carry it with them.
 */

/**
 * What methods go by: gradients at the pixels, a layer's channels, the score with parts of the picture covered, or how much
 * the places of a transformer look at each other.
 */
export type Family = 'gradients' | 'layers' | 'coverings' | 'attention';

interface Described {
  readonly family: Family;
  readonly label: string;
  readonly definition: string;
}

/** The methods by the name that settings use, with the definition that we use. */
export const attributions = {
  gradient: {
    family: 'gradients',
    label: 'Gradient',
    definition: 'the gradient of the score with respect to the pixels',
  },
  'input-x-gradient': {
    family: 'gradients',
    label: 'Input × gradient',
    definition: 'the gradient times the pixels, which are 0 for black and 1 for white',
  },
  smoothgrad: {
    family: 'gradients',
    label: 'SmoothGrad',
    definition: 'the mean of gradients at copies of the picture with normal noise',
  },
  'integrated-gradients': {
    family: 'gradients',
    label: 'Integrated gradients',
    definition:
      'the mean gradient along the straight path from the baseline, by Gauss–Legendre quadrature, times the way',
  },
  'guided-backprop': {
    family: 'gradients',
    label: 'Guided backprop',
    definition: 'the gradient with every gate passing only what is positive, and only where it is open',
  },
  deconvnet: {
    family: 'gradients',
    label: 'Deconvnet',
    definition: 'the gradient with every gate passing only what is positive, open or not',
  },
  'grad-cam': {
    family: 'layers',
    label: 'Grad-CAM',
    definition:
      "the positive part of a layer's channels, each weighted by the mean of its gradient, enlarged bilinearly",
  },
  'guided-grad-cam': {
    family: 'layers',
    label: 'Guided Grad-CAM',
    definition: 'guided backprop times Grad-CAM',
  },
  occlusion: {
    family: 'coverings',
    label: 'Occlusion',
    definition: 'the mean fall of the score over the grey squares that cover a pixel',
  },
  hirescam: {
    family: 'layers',
    label: 'HiResCAM',
    definition:
      "the positive part of the sum of a layer's channels times their gradient, position by position (Draelos & Carin 2020), enlarged bilinearly",
  },
  layercam: {
    family: 'layers',
    label: 'LayerCAM',
    definition:
      "the positive part of the sum of a layer's channels times the positive part of their gradient, position by position (Jiang et al. 2021), enlarged bilinearly",
  },
  scorecam: {
    family: 'layers',
    label: 'Score-CAM',
    definition:
      "the positive part of a layer's channels, weighted by the softmax of the scores of the picture seen through each of them, the rest in the colour that the network takes for 0 (Wang et al. 2020), enlarged bilinearly",
  },
  rise: {
    family: 'coverings',
    label: 'RISE',
    definition:
      'the mean score of randomly masked copies, weighted by how much they show of a pixel, less the mean of all, the rest in the colour that the network takes for 0 (Petsiuk, Das & Saenko 2018)',
  },
  'attention-rollout': {
    family: 'attention',
    label: 'Attention rollout',
    definition:
      'half of the mean of the heads and half of the identity, multiplied over the attentions (Abnar & Zuidema 2020): the rows of the tokens that the target reads, the class token or the mean over patches, enlarged bilinearly',
  },
  'attention-gradient': {
    family: 'attention',
    label: 'Gradient-weighted attention',
    definition:
      'R ← R + Ā·R over the attentions, with Ā the mean of the heads of what is positive in attention times gradient (Chefer, Gur & Wolf 2021): the rows of R − 1 of the tokens that the target reads, the class token or the mean over patches, enlarged bilinearly',
  },
} as const satisfies Readonly<Record<string, Described>>;

export type Attribution = keyof typeof attributions;

export const attributionNames = Object.keys(attributions) as readonly Attribution[];

/** Those that a form offers first. */
const FAVOURITES: readonly Attribution[] = [
  'guided-backprop',
  'integrated-gradients',
  'grad-cam',
  'occlusion',
];

const FAMILIES: Readonly<Record<Family, string>> = {
  gradients: 'More by gradients',
  layers: 'More by layers',
  coverings: 'More by covering',
  attention: 'By attention, for transformers',
};

const others = (family: Family): Attribution[] =>
  attributionNames.filter((name) => attributions[name].family === family && !FAVOURITES.includes(name));

/** The methods as a form shows them. */
export const attributionGroups = [
  { label: null, options: FAVOURITES },
  ...(Object.keys(FAMILIES) as Family[]).map((family) => ({
    label: FAMILIES[family],
    options: others(family),
  })),
];
