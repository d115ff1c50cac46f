/**
 * What a method is, in one descriptor. The engine's contract, the checks of requests, recipes, the command line, the queue of the
 * studio, what becomes of an interrupted job, and the window's words about it all derive from it; see CONTRIBUTING.md.
 */
import type { Fields } from '../recipes/fields.ts';
import type { Field } from '../recipes/kinds.ts';

export interface Method {
  readonly settings: Fields;
  /** Paths that it works from, by their key in the request: one file, or several files and folders. */
  readonly inputs: Readonly<Record<string, 'file' | 'files'>>;
  /** Its picture, `out` in the request. */
  readonly out: Output;
  /** What else it can write, each named by a setting of the request and an option of the command. */
  readonly outputs: Fields;
  /** Whether its picture holds a recipe by which it can be repeated. */
  readonly recipe: boolean;
  /** How `reverie` offers it; `null` for one that has no command of its own. */
  readonly command: MethodCommand | null;
  /** What becomes of it when the engine or the program ends in the middle. */
  readonly resumes: Resumption;
  /** Whether it can begin again with less memory: `smaller` in the request. */
  readonly shrinks: boolean;
  /** How much longer the steps of a stage take than those of the stage before, from its settings; absent without stages. */
  readonly growth?: (settings: never) => number;
  /** What it is about where that is no picture, such as its targets: titles and file names come from it. */
  readonly subject?: (settings: never) => readonly string[];
  /** Absent for one that is never queued, but asked for and waited for. */
  readonly job?: QueuedJob;
  readonly words: MethodWords;
}

export interface Output {
  /** `required` in every request; `named` is optional, but the command always writes it; `optional` only where it is asked for. */
  readonly when: 'required' | 'named' | 'optional';
  /** The option of the command. */
  readonly field: Field;
}

export interface MethodCommand {
  /** How the positionals are written, such as `<image>`. */
  readonly usage: string;
  readonly positionals: { readonly min: number; readonly max: number };
  readonly summary: string;
  /** More than a summary, for the command's own help. */
  readonly notes?: readonly string[];
  /** The heading of its settings in the help. */
  readonly heading: string;
}

type Resumption =
  /** From a state on disk, written now and then, at most every so many ms, and when the job is left. */
  | { readonly from: 'checkpoint'; readonly everyMs: number }
  /** What it has made or learned is kept by the engine, which passes over it. */
  | { readonly from: 'kept parts' }
  | { readonly from: 'the beginning' };

/** How the studio's queue works on it. */
export interface QueuedJob {
  /** Whether the picture after every step is kept, to be looked at as a film. */
  readonly keepsSteps: boolean;
  /** Those pictures are what was asked for: they stay until the job is removed, where others make room for newer ones. */
  readonly stepsLast?: true;
  /** Files that it keeps with the job, relative to the job's folder: what its requests have for `outputs`, by key. */
  readonly keeps: (settings: never) => Readonly<Record<string, unknown>>;
  /** A larger live picture than others, and how often it comes, where details matter. */
  readonly preview?: { readonly maxSide: number; readonly everyMs: number };
}

/** How people are told of it. */
interface MethodWords {
  /** Inside a sentence: `dream` in "The dream was cancelled." */
  readonly noun: string;
  /** As a title. */
  readonly title: string;
  /** While it runs. */
  readonly running: string;
  /** On a button that repeats its recipe; `null` where nothing is to be repeated. */
  readonly again: string | null;
}

/** What most methods write: a PNG of this help, and where it goes when it is not named. */
export const picture = (help: string, auto: string): Field => ({
  kind: 'file',
  label: 'Output',
  help,
  default: null,
  auto,
  accepts: 'picture',
});
