/** Attacks on a picture and on many. Every number about a result is measured on the file, read back from the disk. */
import type { Preview } from '../jobs.ts';
import { attack, type AttackSettings } from '../recipes/attack.ts';
import { execution, type Execution } from '../recipes/common.ts';
import { parse } from '../recipes/fields.ts';
import { orNull, parsePreview, record, text, texts, wrong } from './check.ts';
import type { ClassProbability, Executed, PictureResult } from './result.ts';

export interface AttackRequest extends Execution {
  /** Path of the picture. */
  image: string;
  settings: AttackSettings;
  /** Path of the picture to write; a PNG keeps every level, other formats may not, and then the result says what is left. */
  out: string;
  /** Path of a picture of the perturbation, ten times as strong, or `null`. */
  perturbation: string | null;
  /** Path of a grid of fresh random views of the result, or `null`. */
  views: string | null;
  /** Path of a sheet to be printed, with markers by which a photo of it is straightened, or `null`. Of a patch that works anywhere, it is the patch's. */
  print: string | null;
  /** Path of a PNG of the patch alone, transparent around it, for one that works anywhere; or `null`. */
  patch: string | null;
  /** Further networks that the result is shown to. */
  transfer: readonly string[];
  preview: Preview | null;
}

/** How much two pictures differ, in grey levels from 0 to 255. */
export interface LevelNorms {
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

/** What stood in for a sealed victim, and how well. */
export interface SubstituteShare {
  /** The name of an installed network; `null` for the small one that begins with nothing. */
  network: string | null;
  /** How many of its weights were trained. */
  trained: number;
  /** How often it said what its victim said, of views kept apart: as it came, and as it learnt, after so many queries. */
  agreement: readonly { queries: number; agreed: number; of: number }[];
  /** Which of these it was attacked as: the last of the best. */
  chosen: number;
  /** Whether what fooled it fooled the victim too; else a search by labels went on from there. */
  carried: boolean;
}

export interface TransferRow {
  model: string;
  classes: BeforeAfter;
  /** Whether the result fools this network, too; `null` where it lacks the class. */
  success: boolean | null;
}

export interface AttackResult extends PictureResult, Verdict {
  /** The class to be left (`untargeted`) or to be reached (`targeted`). */
  goal: { kind: 'untargeted' | 'targeted'; index: number; label: string | null };
  classes: BeforeAfter;
  /** The bound in pixel units, the smallest that was found where that was asked for; `null` for methods without one. */
  epsilon: number | null;
  /** How often a sealed victim was asked; `null` for methods that know the network. */
  queries: number | null;
  /** What stood in for a sealed victim; `null` for other methods. */
  substitute: SubstituteShare | null;
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

export interface AttackSetRequest extends Execution {
  /** Paths of pictures, at least one. */
  images: readonly string[];
  settings: AttackSettings;
  /** What the pictures show: a table of file names and classes (CSV or JSON), or `null` for what the network sees. */
  labels: string | null;
  /** Folder for the results as PNG, or `null` for none that stay. */
  out: string | null;
  /** As for one picture. */
  print: string | null;
  patch: string | null;
  /** Further networks: each is attacked, and all results are shown to all. */
  transfer: readonly string[];
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
  /** How often a sealed victim was asked; `null` for methods that know the network. */
  queries: number | null;
  /** What stood in for it; `null` for other methods. */
  substitute: SubstituteShare | null;
  /** Fresh views of the file; `null` where none were looked at. */
  views: ViewShare | null;
  /** Whether a patch for all pictures was trained on this one; `null` for everything else. */
  trained: boolean | null;
  /** What the optimiser had found before it was rounded to grey levels, its norms in grey levels. */
  unrounded: { success: boolean; l2: number; linf: number; relativeL2: number };
}

export interface AttackSetResult extends Executed {
  settings: AttackSettings;
  /** Where the classes came from. */
  truth: 'labels' | 'prediction';
  rows: readonly AttackSetRow[];
  /** How many of the pictures that count were fooled. */
  fooled: number;
  counted: number;
  /** Over the fooled ones, `unrounded` of their relative L2 before rounding; `null` when there are none. */
  median: { l2: number; linf: number; relativeL2: number; unrounded: number } | null;
  /** Over the fooled ones, how often a sealed victim was asked; `null` where there are none. */
  queries: { mean: number; median: number } | null;
  /** `fooled[i][j]` of `counted[i][j]`: made against network i, seen by network j; both were right before. */
  transfer: { models: readonly string[]; fooled: number[][]; counted: number[][] } | null;
  notes: readonly string[];
}

/** @throws usage/option on anything but a complete request */
export function parseAttackRequest(value: unknown): AttackRequest {
  const { image, settings, out, perturbation, views, print, patch, transfer, preview, ...rest } = record(
    value,
    'attack',
  );
  return {
    image: text(image, 'image'),
    settings: parse(attack, settings ?? {}),
    out: text(out, 'out'),
    perturbation: orNull(perturbation, (path) => text(path, 'perturbation')),
    views: orNull(views, (path) => text(path, 'views')),
    print: orNull(print, (path) => text(path, 'print')),
    patch: orNull(patch, (path) => text(path, 'patch')),
    transfer: names(transfer),
    preview: orNull(preview, parsePreview),
    ...parse(execution, rest),
  };
}

/** @throws usage/option on anything but a complete request */
export function parseAttackSetRequest(value: unknown): AttackSetRequest {
  const { images, settings, labels, out, print, patch, transfer, ...rest } = record(value, 'attackSet');
  return {
    images: texts(images, 'images'),
    settings: parse(attack, settings ?? {}),
    labels: orNull(labels, (path) => text(path, 'labels')),
    out: orNull(out, (path) => text(path, 'out')),
    print: orNull(print, (path) => text(path, 'print')),
    patch: orNull(patch, (path) => text(path, 'patch')),
    transfer: names(transfer),
    ...parse(execution, rest),
  };
}

function names(value: unknown): string[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.map((name) => text(name, 'transfer'));
  throw wrong('transfer must be a list of networks.');
}
