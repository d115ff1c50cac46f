/** How well explanations know what a network goes by, over many photos: a table of methods beside maps that do not know it at all. */
import type { Executed, PassedOver } from '../contract/result.ts';
import type { Attribution } from '../recipes/attributions.ts';
import type { ExplainSettings } from '../recipes/explain.ts';
import type { Dummy, Measure } from '../recipes/measures.ts';
import { explain, type ExplainResult, type Measures } from './explain.ts';
import type { Method } from './method.ts';

export type { Measures } from './explain.ts';

/** A mean over photos with its 95 % interval. */
export interface Spread {
  mean: number;
  interval: readonly [low: number, high: number];
}

/** On the scale of the score, and on that of the probability; `null` where no photo has one. */
export interface MeanScaled {
  logit: Spread;
  probability: Spread | null;
}

/** The {@link Measures} of a map in the mean of the photos. */
export interface MeanMeasures {
  deletion: MeanScaled;
  insertion: MeanScaled;
  road: MeanScaled;
  fidelity: Spread | null;
  sparseness: Spread;
}

export interface MeasuredPhoto {
  /** Its path. */
  image: string;
  target: ExplainResult['target'];
  methods: readonly { method: Attribution; measures: Measures }[];
  dummies: readonly { dummy: Dummy; measures: Measures }[];
}

export interface MeasureSetResult extends Executed {
  settings: ExplainSettings;
  /** Absolute path of the page, or `null`; the numbers lie beside it, as .csv and .json. */
  report: string | null;
  photos: readonly MeasuredPhoto[];
  /** Pictures that cannot be read, and are not among the photos. */
  failed: readonly PassedOver[];
  /** In the order of the settings. */
  methods: readonly MethodInSet[];
  /** Maps that know nothing of the network. */
  dummies: readonly { dummy: Dummy; definition: string; means: MeanMeasures }[];
  definitions: Readonly<Record<Measure, string>>;
  /** Passes through the network. */
  steps: number;
  msPerStep: number;
  notes: readonly string[];
}

export interface MethodInSet {
  method: Attribution;
  definition: string;
  means: MeanMeasures;
  /** In words, such as "No better in this network than edges (1 of 4 measures)." */
  verdict: string;
}

export const reportField = {
  kind: 'file',
  label: 'Report',
  help: 'An .html page of its own with pictures, tables, definitions and settings, of several pictures; the numbers lie beside it as .csv and .json',
  default: null,
  auto: 'none',
  accepts: 'file',
} as const;

export const measureSet = {
  settings: explain.settings,
  inputs: { images: 'files' },
  out: { when: 'optional', field: explain.out.field },
  outputs: { report: reportField },
  recipe: false,
  command: null,
  resumes: { from: 'the beginning' },
  shrinks: false,
  words: {
    noun: 'measurement',
    title: 'Measurement',
    running: 'Measuring',
    again: 'Measure again',
  },
} as const satisfies Method;
