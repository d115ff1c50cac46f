/** What is measured of an explanation, and the maps that it is compared with, with the definitions that we use. */

export const measures = {
  deletion: {
    label: 'Deletion',
    better: 'lower',
    definition:
      'area under the score while pixels go to the colour that the network takes for 0, most relevant first, in 10 steps (Petsiuk, Das & Saenko 2018)',
  },
  insertion: {
    label: 'Insertion',
    better: 'higher',
    definition:
      'area under the score while pixels come back into the blurred picture (Gaussian, a 20th of the shorter side), most relevant first, in 10 steps (Petsiuk, Das & Saenko 2018)',
  },
  road: {
    label: 'ROAD',
    better: 'higher',
    definition:
      'the score without the least relevant pixels minus that without the most relevant ones, over two, mean of 20, 40, 60 and 80 %; what is gone is imputed from its neighbours by 1/6 and 1/12, with noise of 0.01 (Rong et al. 2022)',
  },
  fidelity: {
    label: 'μFidelity',
    better: 'higher',
    definition:
      'correlation of the relevance of random fifths of a 9×9 grid with the fall of the score without them, of 200 (Bhatt, Weller & Moura 2020)',
  },
  sparseness: {
    label: 'Sparseness',
    better: null,
    definition:
      "Gini's coefficient of the relevance: 0 where it is even, 1 where a single pixel has all (Chalasani et al. 2020)",
  },
} as const;

export type Measure = keyof typeof measures;

export const measureDefinitions = Object.fromEntries(
  Object.entries(measures).map(([name, { definition }]) => [name, definition]),
) as Readonly<Record<Measure, string>>;

/** Maps that know nothing of the network. */
export const dummies = {
  random: { short: 'random', label: 'random pixels', definition: 'uniformly random' },
  edges: { short: 'edges', label: 'edges', definition: "how steep the picture's grey is (Sobel)" },
  centre: {
    short: 'centre',
    label: 'the centre',
    definition: 'a Gaussian at the centre, of a quarter of each side',
  },
} as const;

export type Dummy = keyof typeof dummies;
