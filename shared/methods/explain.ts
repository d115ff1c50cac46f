/** What in a picture speaks for a class, or excites any other unit of a network. */
import type { ClassProbability, Executed } from '../contract/result.ts';
import type { Frame } from '../jobs.ts';
import type { Attribution } from '../recipes/attributions.ts';
import type { Dummy, Measure } from '../recipes/measures.ts';
import { explain as settings, type ExplainSettings } from '../recipes/explain.ts';
import type { PictureIdentity, RecipeForm } from '../recipes/recipe-form.ts';
import { picture, type Method } from './method.ts';

export interface ExplainResult extends Executed {
  /** Absolute path of the picture, or `null` where none was asked for. */
  output: string | null;
  recipe: RecipeForm<'explain', ExplainSettings, PictureIdentity>;
  /** Passes through the network. */
  steps: number;
  msPerStep: number;
  /** The likeliest classes of what the network saw, best first; none for a network that is no classifier. */
  classes: readonly ClassProbability[];
  /** What was explained, in the network's own names, and how much of it there is in the picture. */
  target: { text: string; label: string | null; score: number };
  /** What the network saw, where pictures were asked for. */
  view?: Frame;
  /** In the order of the settings. */
  methods: readonly MethodResult[];
  /** The measures of maps that know nothing of the network, where measures were asked for. */
  dummies?: readonly DummyResult[];
  /** What each of the measures is, where they were asked for. */
  definitions?: Readonly<Record<Measure, string>>;
}

/** A number on the scale of the score, and on that of the probability; `null` where the target is no class. */
export interface Scaled {
  logit: number;
  probability: number | null;
}

/** How well a map knows what a network goes by; what each number is stands in shared/recipes/measures.ts. */
export interface Measures {
  deletion: Scaled;
  insertion: Scaled;
  road: Scaled;
  /** `null` where the map or the score is the same everywhere. */
  fidelity: number | null;
  sparseness: number;
}

export interface DummyResult {
  dummy: Dummy;
  definition: string;
  measures: Measures;
}

export interface MethodResult {
  method: Attribution;
  /** Which of the definitions that go by this name. */
  definition: string;
  /** Absolute path of the map's numbers, [3, H, W] or, for methods that do not tell colours apart, [H, W]; or `null`. */
  raw: string | null;
  /** Absolute path of the ONNX file that computes the map, or `null`; its card lies beside it. */
  exported: string | null;
  /** For methods that rewrite the gradient of gates (ReLU and its kin): how many they met. */
  gates?: number;
  /** For Grad-CAM and its kin: the layer they look at. */
  layer?: string;
  /** For integrated gradients: the sum of the map minus the difference in score that it should equal. */
  completenessGap?: number;
  /** For integrated gradients: the score of the picture minus that of the baseline. */
  difference?: number;
  /** For methods that show the network the picture through masks: how many. */
  looks?: number;
  /** Spearman's rank correlation with the map of the network with shuffled weights; `null` where a map is constant. */
  randomised?: number | null;
  /** How well the map knows what the network goes by, where that was asked for. */
  measures?: Measures;
  /** The measures of the dummies in words: "No better than edges in this picture." */
  verdict?: string;
  /** A sentence worth telling. */
  note?: string;
  /** The map, where pictures were asked for. */
  map?: Frame;
}

export const explain = {
  settings,
  inputs: { image: 'file' },
  out: {
    when: 'named',
    field: picture(
      'The PNG to write: what the network saw, then a map for each method; of several pictures a folder',
      '<picture>-explain.png here; of a folder <folder>-explain',
    ),
  },
  outputs: {
    raw: {
      kind: 'file',
      label: 'Numbers',
      help: 'A .npy file for the numbers of the map; with several methods one for each, map-gradient.npy',
      default: null,
      auto: 'none',
      accepts: 'file',
    },
    export: {
      kind: 'file',
      label: 'Explainer',
      help: 'An .onnx file that computes the map of any class in any picture of this size, in any program; a .json beside it tells how. With several methods one for each',
      default: null,
      auto: 'none',
      accepts: 'file',
    },
  },
  recipe: true,
  command: {
    usage: '<image…|folder>',
    positionals: { min: 1, max: Infinity },
    summary: 'Show what in a picture speaks for a class, or excites any other unit',
    notes: [
      'Targets are class:<index or name>, channel:<layer>/<n>, neuron:<layer>/<n>@<x>,<y>, layer:<name> or direction:<layer>/<file.npy>; several in one text, each with a weight such as *-0.5, are added up.',
      'Of a folder or several pictures there is one result each, under the same names in the folder --out. What is there is not made again, so the same command goes on where it was stopped.',
      'With --measure there is a table of means over all of them instead, with --report page.html as a page with all maps.',
    ],
    heading: 'Explain',
  },
  resumes: { from: 'the beginning' },
  shrinks: false,
  words: { noun: 'explanation', title: 'Explanation', running: 'Explaining', again: 'Explain it again' },
} as const satisfies Method;
