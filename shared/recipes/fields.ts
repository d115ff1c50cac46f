/**
 * Settings, written once: a method is a table of fields, and its type, its form, its command-line flags, its help
 * and its validation all come from that table.
 */
import { ReverieError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { isRecord } from '../schema.ts';
import { expectation, readValue } from './kinds.ts';

/** A layer of a network and how much it counts. */
export interface WeightedLayer {
  layer: string;
  weight: number;
}

interface Described {
  /** A word or two for a form. */
  label: string;
  /** One phrase for a tooltip and for `--help`, without a full stop. */
  help: string;
  unit?: string;
  /** Shown only under "more". */
  advanced?: true;
  /** What `null` stands for; present exactly when the default is `null`. */
  auto?: string;
}

interface Numeric extends Described {
  default: number | null;
  min: number;
  max: number;
  /** Of a slider or a spinner; values between steps are fine. */
  step?: number;
}

export interface IntegerField extends Numeric {
  kind: 'integer';
}
export interface NumberField extends Numeric {
  kind: 'number';
}
/** A number that may be typed as a fraction, `8/255`. */
export interface FractionField extends Numeric {
  kind: 'fraction';
}
export interface ChoiceField extends Described {
  kind: 'choice';
  default: string | null;
  options: readonly string[];
}
/** Some of the options, each at most once, as text `a,b`. */
export interface ChoicesField extends Described {
  kind: 'choices';
  default: readonly string[] | null;
  options: readonly string[];
}
export interface BooleanField extends Described {
  kind: 'boolean';
  default: boolean;
}
export interface TextField extends Described {
  kind: 'text';
  default: string | null;
}
/** A path; `accepts` says what should lie there. */
export interface FileField extends Described {
  kind: 'file';
  default: string | null;
  accepts: 'picture' | 'folder' | 'file';
  /** A mask over the picture that the settings are for, so it can be painted on that. */
  mask?: true;
}
/** Layers with weights, as text `name:weight,name:weight`. */
export interface LayersField extends Described {
  kind: 'layers';
  default: readonly WeightedLayer[] | null;
}
/** Whole numbers, as text `11,84`. */
export interface IntegersField extends Described {
  kind: 'integers';
  default: readonly number[] | null;
  min: number;
  max: number;
}

/** Names of networks or files, as text `a,b`. */
export interface NamesField extends Described {
  kind: 'names';
  default: readonly string[] | null;
}

/** What is excited or explained, as the canonical text of a sum of targets; see targets.ts. */
export interface ObjectiveField extends Described {
  kind: 'objective';
  default: string | null;
}
/** Several objectives, each for a picture of its own. */
export interface ObjectivesField extends Described {
  kind: 'objectives';
  default: readonly string[] | null;
}

export type Field =
  | IntegerField
  | NumberField
  | FractionField
  | ChoiceField
  | ChoicesField
  | BooleanField
  | TextField
  | FileField
  | LayersField
  | IntegersField
  | NamesField
  | ObjectiveField
  | ObjectivesField;

/** A table of fields by their key in the settings (camelCase). */
export type Fields = Readonly<Record<string, Field>>;

interface ValueOfKind {
  integer: number;
  number: number;
  fraction: number;
  boolean: boolean;
  text: string;
  file: string;
  layers: readonly WeightedLayer[];
  integers: readonly number[];
  names: readonly string[];
  objective: string;
  objectives: readonly string[];
}

/** The value that a field describes. */
export type ValueOf<F extends Field> =
  | (F extends { kind: 'choice'; options: readonly (infer Option)[] }
      ? Option
      : F extends { kind: 'choices'; options: readonly (infer Option)[] }
        ? readonly Option[]
        : F extends { kind: keyof ValueOfKind }
          ? ValueOfKind[F['kind']]
          : never)
  | (null extends F['default'] ? null : never);

/** The complete settings that a table of fields describes. */
export type SettingsOf<F extends Fields> = { [K in keyof F]: ValueOf<F[K]> };

/** How a field is called in an error sentence. */
export type Naming = (key: string, field?: Field) => string;

/** `octaveScale` → `octave-scale`. */
export function flagOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Names fields as on the command line: `--octave-scale`. */
export const byFlag: Naming = (key) => `--${flagOf(key)}`;

/** Names fields as in a form: `Octave scale`. */
export const byLabel: Naming = (key, field) => field?.label ?? `"${key}"`;

/**
 * Complete, checked settings from whatever a person or a file gave: values may be typed or text; what is absent takes
 * its default. @throws usage/option naming the first key that is unknown or the first value that is not acceptable.
 */
export function parse<F extends Fields>(fields: F, input: unknown, naming: Naming = byFlag): SettingsOf<F> {
  if (!isRecord(input))
    throw new ReverieError('usage/option', 'Settings must be an object of names and values.');
  refuseUnknown(fields, input, naming);
  const settings: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(fields)) {
    settings[key] = parseField(field, input[key], naming(key, field));
  }
  // The one place where the table's types are taken on trust: `parseField` returns what each field's kind promises.
  return settings as SettingsOf<F>;
}

/** The settings a table gives when nothing is said. */
export function defaultsOf<F extends Fields>(fields: F): SettingsOf<F> {
  return parse(fields, {});
}

function parseField(field: Field, given: unknown, name: string): unknown {
  if (given === undefined) return field.default;
  if (field.default === null && (given === null || given === 'auto')) return null;
  const value = readValue(field, given);
  if (value !== undefined) return value;
  const shown = typeof given === 'string' || typeof given === 'number' ? given : JSON.stringify(given);
  const hint = 'options' in field && typeof given === 'string' ? didYouMean(given, field.options) : '';
  throw new ReverieError('usage/option', `${name} must be ${expectation(field)}, not "${shown}".${hint}`);
}

function refuseUnknown(fields: Fields, input: Record<string, unknown>, naming: Naming): void {
  const unknown = Object.keys(input).find((key) => !Object.hasOwn(fields, key));
  if (unknown === undefined) return;
  const name = naming(unknown);
  const candidates = Object.entries(fields).map(([key, field]) => naming(key, field));
  throw new ReverieError('usage/option', `There is no option ${name}.${didYouMean(name, candidates)}`);
}
