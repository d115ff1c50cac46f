/** Attacks on a picture and on many. Every number about a result is measured on the file, read back from the disk. */
import type { ClassProbability, Executed, PictureResult, PassedOver } from '../contract/result.ts';
import { attack as settings, type AttackSettings } from '../recipes/attack.ts';
import { freshViewsOf, worksAnywhere } from '../attacks/settings.ts';
import type { StandardPart } from '../attacks/registry.ts';
import type { Fields } from '../recipes/fields.ts';
import type { PictureIdentity, RecipeForm } from '../recipes/recipe-form.ts';
import { sharding } from '../units.ts';
import { picture, type Method } from './method.ts';

/** How much two pictures differ, in grey levels from 0 to 255. */
interface LevelNorms {
  /** Pixels of which any channel differs. */
  l0: number;
  /** Euclidean length over all samples. */
  l2: number;
  /** The largest difference of a sample. */
  linf: number;
}

/** What a network sees in the picture and in the result, likeliest first. */
export interface BeforeAfter {
  before: readonly ClassProbability[];
  after: readonly ClassProbability[];
}

/** A file that was read back and shown to the network. */
export interface Verdict {
  success: boolean;
  /** By how many logits the goal is reached; negative when it is not. */
  margin: number;
  norms: LevelNorms;
}

/** What a network makes of random transforms that the attack has not seen. */
export interface ViewShare {
  count: number;
  /** After how many the result reaches the goal (a patch that works anywhere at another place each time), and Wilson's interval of 95 % for their share. */
  fooled: number;
  interval: readonly [low: number, high: number];
  /** After how many the picture without the attack reaches it, too. */
  untouched: number;
}

/** The surrogate that a black box was attacked through, and how good it was. */
export interface SurrogateReport {
  /** The name of an installed network; `null` for the small one that begins with nothing. */
  network: string | null;
  /** How many of its weights were trained. */
  trained: number;
  /** How often it gave views that were kept apart the black box's label: before training and after each round, with the queries until then. */
  agreement: readonly { queries: number; agreed: number; of: number }[];
  /** Which of these states was attacked: the last of the best. */
  chosen: number;
  /** Whether what fooled it fooled the black box, too; else a search by labels went on from there. */
  carried: boolean;
}

export interface TransferRow {
  model: string;
  classes: BeforeAfter;
  /** Whether the result fools this network, too; `null` where it lacks the class. */
  success: boolean | null;
}

export interface AttackResult
  extends PictureResult<RecipeForm<'attack', AttackSettings, PictureIdentity>>, Verdict {
  /** The class to be left (`untargeted`) or to be reached (`targeted`). */
  goal: { kind: 'untargeted' | 'targeted'; index: number; label: string | null };
  classes: BeforeAfter;
  /** The bound in pixel units, the smallest that was found where that was asked for; `null` for methods without one. */
  epsilon: number | null;
  /** How often the network was asked as a black box; `null` for methods that know it. */
  queries: number | null;
  /** The surrogate; `null` for methods without one. */
  substitute: SurrogateReport | null;
  /** Which attack of `standard` succeeded; `null` where none did, and for other methods. */
  brokenBy: StandardPart | null;
  /** Fresh views of the file, and their grid where it was asked for; `null` where none were looked at. */
  views: (ViewShare & { output: string | null }) | null;
  /** A patch that works anywhere, in pixels, and its own file where it was asked for; `null` for everything else. */
  patch: { output: string | null; width: number; height: number } | null;
  /** What the optimiser had found before it was rounded to grey levels. */
  unrounded: { success: boolean; margin: number; l2: number; linf: number };
  /** The same result as a PNG, when the output's format did not keep every level; else `null`. */
  lossless: Verdict | null;
  /** `clipped` samples changed more than the picture of the perturbation can show. */
  perturbation: { output: string | null; gain: number; clipped: number };
  /** The network's loss and the probability of the goal's class, before each step. */
  curve: { loss: readonly number[]; probability: readonly number[] };
  transfer: readonly TransferRow[];
  /** Sentences worth telling. */
  notes: readonly string[];
}

export interface AttackSetRow {
  image: string;
  /** Index of what it shows. */
  truth: number;
  /** What the network saw before, and saw in the file. */
  before: ClassProbability;
  after: ClassProbability;
  /** Whether the network was right before; others are not attacked and do not count. */
  counted: boolean;
  success: boolean;
  norms: LevelNorms;
  /** L2 as a share of the picture's own. */
  relativeL2: number;
  /** How often the network was asked as a black box; `null` for methods that know it. */
  queries: number | null;
  /** The surrogate; `null` for methods without one. */
  substitute: SurrogateReport | null;
  /** Which attack of `standard` succeeded; `null` where none did, and for other methods. */
  brokenBy: StandardPart | null;
  /** Fresh views of the file; `null` where none were looked at. */
  views: ViewShare | null;
  /** Whether a patch for all pictures was trained on this one; `null` for everything else. */
  trained: boolean | null;
  /** What the optimiser had found before it was rounded to grey levels, its norms in grey levels. */
  unrounded: { success: boolean; l2: number; linf: number; relativeL2: number };
}

/** How many pictures a network still sees as what they show, of all that there are: those that it had wrong before count as broken. */
export interface RobustAccuracy {
  robust: number;
  of: number;
  /** Wilson's interval of 95 % for their share. */
  interval: readonly [low: number, high: number];
}

export interface AttackSetResult extends Executed {
  settings: AttackSettings;
  /** Where the classes came from. */
  truth: 'labels' | 'prediction';
  rows: readonly AttackSetRow[];
  /** Pictures that cannot be read, and are not among the rows. */
  failed: readonly PassedOver[];
  /** How many of the pictures that count were fooled. */
  fooled: number;
  counted: number;
  /** The accuracy that is left within ε; `null` for attacks without a bound, towards a target, and on no pictures. */
  robust: RobustAccuracy | null;
  /** Over the fooled ones, `unrounded` of their relative L2 before rounding; `null` when there are none. */
  median: { l2: number; linf: number; relativeL2: number; unrounded: number } | null;
  /** Over the fooled ones, how often a black box was asked; `null` where there are none. */
  queries: { mean: number; median: number } | null;
  /** `fooled[i][j]` of `counted[i][j]`: made against network i, seen by network j; both were right before. */
  transfer: { models: readonly string[]; fooled: number[][]; counted: number[][] } | null;
  notes: readonly string[];
}

/** What both write. A patch that works anywhere is printed and kept alone. */
const outputs = {
  print: {
    kind: 'file',
    label: 'Print',
    help: 'A PNG to be printed, with markers; "classify --printed" straightens a photo of it',
    default: null,
    auto: 'none',
    accepts: 'picture',
  },
  patch: {
    kind: 'file',
    label: 'Patch',
    help: 'A PNG of the patch alone, transparent around it, of one that works anywhere (--placement anywhere)',
    default: null,
    auto: 'none',
    accepts: 'picture',
  },
  transfer: {
    kind: 'names',
    label: 'Transfer',
    help: 'Other networks that see the result, separated by commas, or "all"; with several pictures a matrix',
    default: null,
    auto: 'none',
  },
} as const satisfies Fields;

/** Frames are shown as they are up to this size, since what is changed cannot be told from smaller ones; so there are fewer. */
const PREVIEW = { maxSide: 1280, everyMs: 200 };

export const attack = {
  settings,
  inputs: { image: 'file' },
  out: {
    when: 'required',
    field: picture(
      'The PNG to write; of several pictures a folder',
      '<picture>-attack.png here; of several pictures none is kept',
    ),
  },
  outputs: {
    perturbation: {
      kind: 'file',
      label: 'Perturbation',
      help: 'A PNG of what was changed, ten times as strong on mid-grey',
      default: null,
      auto: 'none',
      accepts: 'picture',
    },
    views: {
      kind: 'file',
      label: 'Views',
      help: 'A PNG with fresh random views of the result, framed bright where it succeeds',
      default: null,
      auto: 'none',
      accepts: 'picture',
    },
    ...outputs,
  },
  recipe: true,
  command: {
    usage: '<image…|folder>',
    positionals: { min: 1, max: Infinity },
    summary: 'Change a picture as little as possible, so that a network sees something else',
    notes: [
      'Success, classes and norms are those of the file, read back from the disk. Of a folder or several pictures a table is printed, in which only those count that the network had right before. Of a folder, a patch with --placement anywhere is one for all pictures: every fourth is kept apart from its training.',
    ],
    heading: 'Attack',
  },
  resumes: { from: 'the beginning' },
  shrinks: false,
  job: {
    keepsSteps: false,
    keeps: (asked: AttackSettings) => ({
      perturbation: 'perturbation.png',
      ...(freshViewsOf(asked) > 0 ? { views: 'views.png' } : {}),
      ...(worksAnywhere(asked) ? { print: 'patch-sheet.png', patch: 'patch.png' } : {}),
    }),
    preview: PREVIEW,
  },
  words: { noun: 'attack', title: 'Attack', running: 'Attacking', again: 'Attack again' },
} as const satisfies Method;

/** The same attack on many pictures, with one step for every picture and network. */
export const attackSet = {
  settings,
  inputs: { images: 'files' },
  out: { when: 'optional', field: attack.out.field },
  outputs: {
    ...outputs,
    ...sharding,
    labels: {
      kind: 'file',
      label: 'Labels',
      help: 'What several pictures show: CSV lines file,class or JSON',
      default: null,
      auto: 'what the network sees before the attack',
      accepts: 'file',
    },
  },
  recipe: false,
  command: null,
  resumes: { from: 'kept parts' },
  shrinks: false,
  words: attack.words,
} as const satisfies Method;
