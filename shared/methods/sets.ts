/**
 * The same for many: a dream or an explanation of every picture of a folder, a visualisation of every target of a list. Each is a unit
 * of work, with a picture of its own in the folder of the results.
 */
import type { ClassProbability, Executed, PassedOver } from '../contract/result.ts';
import type { Fields } from '../recipes/fields.ts';
import { sharding } from '../units.ts';
import { dream } from './dream.ts';
import { explain, type ExplainResult, type MethodResult } from './explain.ts';
import type { Method } from './method.ts';
import { visualize } from './visualize.ts';

/** What was made of one picture or target. */
export interface SetRow {
  /** The picture's name in its folder, with `/`; or the target. */
  unit: string;
  /** Absolute path of the result. */
  output: string;
  objective?: { first: number; last: number };
  /** Of an explanation. */
  classes?: readonly ClassProbability[];
  target?: ExplainResult['target'];
  methods?: readonly Omit<MethodResult, 'raw' | 'exported' | 'map'>[];
}

export interface SetResult extends Executed {
  /** Absolute path of the folder; `results.json` in it holds the rows once all of them are there. */
  output: string;
  /** How many pictures or targets there are, also those of other shards. */
  units: number;
  /** Of which so many were made now; the others were there, failed, or are others' to make. */
  made: number;
  rows: readonly SetRow[];
  /** Of which nothing can be made, each with the reason; `path` is the unit. */
  failed: readonly PassedOver[];
  /** As asked for: `3/16`, or `null`. */
  shard: string | null;
  msPerStep: number;
}

const folder = {
  kind: 'file',
  label: 'Output',
  help: 'The folder for the results; what is there of the same job is not made again',
  default: null,
  auto: '<folder>-<command> here',
  accepts: 'folder',
} as const;

const many = {
  out: { when: 'required', field: folder },
  outputs: sharding,
  recipe: false,
  command: null,
  resumes: { from: 'kept parts' },
  shrinks: false,
} as const;

/** Pictures, and folders that are searched with all that lies in them. */
const inputs = { images: 'files' } as const;

export const dreamSet = {
  ...many,
  inputs,
  settings: dream.settings,
  words: dream.words,
} as const satisfies Method;

export const explainSet = {
  ...many,
  inputs,
  settings: explain.settings,
  words: explain.words,
} as const satisfies Method;

export const visualizeSet = {
  ...many,
  inputs: {},
  settings: visualize.settings,
  words: visualize.words,
} as const satisfies Method;

/** The methods that have such a set, by its name. */
export const setOf = { dream: 'dreamSet', explain: 'explainSet', visualize: 'visualizeSet' } as const;

export type SetMethod = keyof typeof setOf;
export type SetName = (typeof setOf)[SetMethod];

/** The list of targets, which the command reads. */
export const targetList = {
  targets: {
    kind: 'file',
    label: 'Targets',
    help: 'A text file with a target in every line: each gets a picture of its own in the folder --out',
    default: null,
    auto: 'none',
    accepts: 'file',
  },
} as const satisfies Fields;
