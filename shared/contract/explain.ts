/** What in a picture speaks for a class, or excites any other unit of a network. */
import type { Frame } from '../jobs.ts';
import { execution, type Execution } from '../recipes/common.ts';
import { explain, type Attribution, type ExplainSettings } from '../recipes/explain.ts';
import { parse } from '../recipes/fields.ts';
import type { Recipe } from '../recipes/recipe.ts';
import { orNull, record, text } from './check.ts';
import type { ClassProbability, Executed } from './result.ts';

export interface ExplainRequest extends Execution {
  /** Path of the picture. */
  image: string;
  settings: ExplainSettings;
  /** Path of the PNG to write: what the network saw, then the map of each method; or `null`. */
  out: string | null;
  /** Path of the `.npy` to write, or `null`; with several methods each has a file of its own, `map-gradient.npy`. */
  raw: string | null;
  /** Whether the result carries the pictures. */
  pictures: boolean;
}

export interface ExplainResult extends Executed {
  /** Absolute path of the picture, or `null` where none was asked for. */
  output: string | null;
  recipe: Recipe<'explain'>;
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
}

export interface MethodResult {
  method: Attribution;
  /** Which of the definitions that go by this name. */
  definition: string;
  /** Absolute path of the map's numbers, [3, H, W] or, for methods that do not tell colours apart, [H, W]; or `null`. */
  raw: string | null;
  /** For methods that rewrite the gradient of gates (ReLU and its kin): how many they met. */
  gates?: number;
  /** For Grad-CAM: the layer it looks at. */
  layer?: string;
  /** For integrated gradients: the sum of the map minus the difference in score that it should equal. */
  completenessGap?: number;
  /** For integrated gradients: the score of the picture minus that of the baseline. */
  difference?: number;
  /** Spearman's rank correlation with the map of the network with shuffled weights; `null` where a map is constant. */
  randomised?: number | null;
  /** A sentence worth telling. */
  note?: string;
  /** The map, where pictures were asked for. */
  map?: Frame;
}

/** @throws usage/option on anything but a complete request */
export function parseExplainRequest(value: unknown): ExplainRequest {
  const { image, settings, out, raw, pictures, ...rest } = record(value, 'explain');
  return {
    image: text(image, 'image'),
    settings: parse(explain, settings ?? {}),
    out: orNull(out, (path) => text(path, 'out')),
    raw: orNull(raw, (path) => text(path, 'raw')),
    pictures: pictures === true,
    ...parse(execution, rest),
  };
}
