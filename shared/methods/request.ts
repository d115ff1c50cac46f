/**
 * What the engine is asked for, in one form for all methods: settings, paths of what a method works from and of what it writes, how
 * its caller looks on, and where it goes on. The parts that differ are those of the method's descriptor.
 */
import type { Preview } from '../jobs.ts';
import { execution, type Execution } from '../recipes/common.ts';
import { parse, type Fields, type SettingsOf } from '../recipes/fields.ts';
import { parseRecipe, type Recipe } from '../recipes/recipe.ts';
import { check, flag, list, milliseconds, object, orNull, parsedBy, text, whole } from '../schema.ts';
import * as v from 'valibot';
import { anyMethod, type MethodName, type MethodSettings, type methods } from './registry.ts';

/**
 * A file that always holds a whole state to go on from, exact to the bit, rewritten at most every so many milliseconds, and rarer where
 * that takes more than a tenth of the time; 0 for after each step.
 */
export interface Checkpointing {
  path: string;
  everyMs: number;
}

/** A state of a job: after `step` steps of the whole, in an octave counted from 1 (1 for a job without octaves). */
export interface StartingPoint {
  octave: number;
  step: number;
  /** Path of a checkpoint; for a dream also of any picture, such as a frame. */
  picture: string;
}

type Described<M extends MethodName> = (typeof methods)[M];

type Inputs<M extends MethodName> = {
  [Key in keyof Described<M>['inputs']]: Described<M>['inputs'][Key] extends 'file'
    ? string
    : readonly string[];
};

/** What may be left unsaid, and is then `null` or `false`. */
interface Optional {
  /** Frames for somebody who looks on. */
  preview: Preview | null;
  /** Where the state is kept while the job runs. */
  checkpoint: Checkpointing | null;
  /** Where to go on. */
  start: StartingPoint | null;
  /** Whether to take less memory than the start had: an engine ended there that had too little. */
  smaller: boolean;
  /** Whether the result carries its pictures. */
  pictures: boolean;
  /** Those of its units, by name, that are to be computed; `null` for all, or for those of its shard. */
  units: readonly string[] | null;
  /** The recipe that is being repeated, so that a different network or picture is told in the notes. */
  repeats: Recipe | null;
}

/** The path of its picture, which appears only when it is complete. */
interface Out<M extends MethodName> {
  out: Described<M>['out']['when'] extends 'required' ? string : string | null;
}

interface Settings<M extends MethodName> {
  settings: MethodSettings<M>;
}

/** Complete, as the engine takes it. */
export type RequestOf<M extends MethodName> = Execution &
  Settings<M> &
  Inputs<M> &
  Out<M> &
  SettingsOf<Described<M>['outputs']> &
  Optional;

/** As much of a request as must be said. */
type Asked<M extends MethodName> = Settings<M> & Inputs<M> & Out<M> & Partial<RequestOf<M>>;

/** A complete request, in which what is not said is automatic, absent or off. */
export function requestOf<M extends MethodName>(method: M, asked: Asked<M>): RequestOf<M> {
  return parseRequest(method, asked);
}

const optional = object({
  preview: orNull(object({ maxSide: whole(1), everyMs: milliseconds, channel: v.exactOptional(text) })),
  checkpoint: orNull(object({ path: text, everyMs: milliseconds })),
  start: orNull(object({ octave: whole(1), step: whole(0), picture: text })),
  smaller: v.optional(flag, false),
  pictures: v.optional(flag, false),
  units: orNull(list(text)),
  repeats: orNull(parsedBy(parseRecipe)),
});

/** @throws usage/option on anything but a request for this method; recipe/invalid for what it repeats */
export function parseRequest<M extends MethodName>(name: M, value: unknown): RequestOf<M> {
  const { settings, inputs, out, outputs } = anyMethod[name];
  const path = { file: text, files: list(text, 1) };
  const fixed = object({
    ...Object.fromEntries(Object.entries(inputs).map(([key, kind]) => [key, path[kind]])),
    out: out.when === 'required' ? text : orNull(text),
    settings: parsedBy((given) => parse(settings, given ?? {})),
    ...optional.entries,
  });
  const checked = check(fixed, value, `The request for a ${anyMethod[name].words.noun}`);
  const others = Object.fromEntries(
    Object.entries(value as object).filter(([key]) => !Object.hasOwn(fixed.entries, key)),
  );
  // What belongs to the method was read by the method's own descriptor.
  return { ...checked, ...parse<Fields>({ ...outputs, ...execution }, others) } as unknown as RequestOf<M>;
}
