/** The kinds of fields: what each accepts, how that is said in words, and how a value is written as text. */
import { TARGET_FORMS, formatObjective, parseObjective } from '../targets.ts';
import { readKeyframes, writeKeyframes, type Keyframe } from './keyframes.ts';

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
interface FractionField extends Numeric {
  kind: 'fraction';
}
interface ChoiceField extends Described {
  kind: 'choice';
  default: string | null;
  options: readonly string[];
}
/** Some of the options, each at most once, as text `a,b`. */
export interface ChoicesField extends Described {
  kind: 'choices';
  default: readonly string[] | null;
  options: readonly string[];
  /** All of the options as a form shows them; those of a group with a label are folded away until one of them is chosen. */
  groups?: readonly { readonly label: string | null; readonly options: readonly string[] }[];
}
interface BooleanField extends Described {
  kind: 'boolean';
  default: boolean;
}
interface TextField extends Described {
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
interface IntegersField extends Described {
  kind: 'integers';
  default: readonly number[] | null;
  min: number;
  max: number;
}

/** Names of networks or files, as text `a,b`. */
interface NamesField extends Described {
  kind: 'names';
  default: readonly string[] | null;
}

/** What is excited or explained, as the canonical text of a sum of targets; see targets.ts. */
interface ObjectiveField extends Described {
  kind: 'objective';
  default: string | null;
}
/** Several objectives, each for a picture of its own. */
interface ObjectivesField extends Described {
  kind: 'objectives';
  default: readonly string[] | null;
}

/** Settings that change on the way, as the canonical text of their key frames; see keyframes.ts. */
export interface KeysField extends Described {
  kind: 'keys';
  default: string | null;
  /** The settings that can be keyed, by their names. */
  of: Readonly<Record<string, Field>>;
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
  | ObjectivesField
  | KeysField;

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
  keys: string;
}

/** The value that a field describes; also `null` where its default is. */
export type ValueOf<F extends Field> =
  | (F extends { kind: 'choice'; options: readonly (infer Option)[] }
      ? Option
      : F extends { kind: 'choices'; options: readonly (infer Option)[] }
        ? readonly Option[]
        : F extends { kind: keyof ValueOfKind }
          ? ValueOfKind[F['kind']]
          : never)
  | (null extends F['default'] ? null : never);

/** The value of a field from a typed value or its text; `undefined` when it is not acceptable. */
export function readValue(field: Field, given: unknown): unknown {
  switch (field.kind) {
    case 'integer':
    case 'number': {
      const value = readNumber(given);
      if (value === undefined || value < field.min || value > field.max) return undefined;
      return field.kind === 'integer' && !Number.isInteger(value) ? undefined : value;
    }
    case 'fraction': {
      const value = readFraction(given);
      return value === undefined || value < field.min || value > field.max ? undefined : value;
    }
    case 'choice':
      return typeof given === 'string' && field.options.includes(given) ? given : undefined;
    case 'choices': {
      const list = readList(typeof given === 'string' ? given.split(',') : given, (item) =>
        typeof item === 'string' && field.options.includes(item.trim()) ? item.trim() : undefined,
      );
      return list === undefined ? undefined : [...new Set(list)];
    }
    case 'boolean':
      if (given === true || given === 'true') return true;
      return given === false || given === 'false' ? false : undefined;
    case 'text':
    case 'file':
      return typeof given === 'string' && given.trim() !== '' ? given : undefined;
    case 'layers':
      return readList(typeof given === 'string' ? given.split(',') : given, readLayer);
    case 'integers':
      return readList(typeof given === 'string' ? given.split(',') : given, (item) => {
        const value = readNumber(item);
        return value !== undefined && Number.isInteger(value) && value >= field.min && value <= field.max
          ? value
          : undefined;
      });
    case 'names':
      if (Array.isArray(given) && given.length === 0) return [];
      return readList(typeof given === 'string' ? given.split(',') : given, (item) =>
        typeof item === 'string' && item.trim() !== '' ? item.trim() : undefined,
      );
    case 'objective':
      return readObjective(given);
    case 'objectives':
      return readList(typeof given === 'string' ? given.split(/[;\n]/) : given, readObjective);
    case 'keys': {
      const keys = keyframesIn(field, given);
      return keys === undefined ? undefined : textOfKeyframes(field, keys);
    }
  }
}

/** The key frames of a field in their order; `undefined` when they are not acceptable. */
export function keyframesIn({ of }: KeysField, given: unknown): Keyframe[] | undefined {
  return readKeyframes(given, (name, value) => {
    const field = Object.hasOwn(of, name) ? of[name] : undefined;
    return field === undefined ? undefined : readValue(field, value);
  });
}

/** Key frames as one would type them. */
export function textOfKeyframes({ of }: KeysField, keys: readonly Keyframe[]): string {
  return writeKeyframes(keys, (name, value) => {
    const field = of[name];
    return field === undefined ? String(value) : formatValue(field, value);
  });
}

/** What a field accepts, to follow "must be". */
export function expectation(field: Field): string {
  const range = (min: number, max: number): string => `between ${min} and ${max}`;
  switch (field.kind) {
    case 'integer':
      return `a whole number ${range(field.min, field.max)}`;
    case 'number':
      return `a number ${range(field.min, field.max)}`;
    case 'fraction':
      return `a number ${range(field.min, field.max)}, or a fraction such as 8/255`;
    case 'choice':
      return inWords(field.options);
    case 'choices':
      return `some of ${inWords(field.options)}, separated by commas`;
    case 'boolean':
      return 'true or false';
    case 'text':
      return 'some text';
    case 'file':
      return `the path of a ${field.accepts}`;
    case 'layers':
      return 'layers with weights such as "mixed4c:1,mixed3b:0.5"';
    case 'integers':
      return `whole numbers ${range(field.min, field.max)} such as "11,84"`;
    case 'names':
      return 'names, separated by commas';
    case 'objective':
      return TARGET_FORMS;
    case 'objectives':
      return `${TARGET_FORMS}; a semicolon begins another picture`;
    case 'keys':
      return `key frames such as "1 zoom=1.04; 60 zoom=1 rotate=2", of ${inWords(Object.entries(field.of).map(keyable))}`;
  }
}

/** A value of a field as one would type it; `null` in the field's own words. */
export function formatValue(field: Field, value: unknown): string {
  if (value === null) return field.auto ?? 'none';
  if (field.kind === 'fraction' && typeof value === 'number') return formatFraction(value);
  if (Array.isArray(value)) {
    return value
      .map((item: unknown) => (isLayer(item) ? `${item.layer}:${item.weight}` : String(item)))
      .join(field.kind === 'objectives' ? '; ' : ',');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A setting that can be keyed, and its range where it has one. */
const keyable = ([name, field]: readonly [string, Field]): string =>
  'min' in field ? `${name} (${field.min} to ${field.max})` : name;

/** `a, b or c`. */
export function inWords(options: readonly string[]): string {
  const last = options.at(-1) ?? '';
  return options.length < 2 ? last : `${options.slice(0, -1).join(', ')} or ${last}`;
}

function readNumber(given: unknown): number | undefined {
  const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A number, or two with a slash between them. */
function readFraction(given: unknown): number | undefined {
  if (typeof given !== 'string' || !given.includes('/')) return readNumber(given);
  const [above, below, ...more] = given.split('/').map(readNumber);
  if (above === undefined || below === undefined || below === 0 || more.length > 0) return undefined;
  return above / below;
}

/** Multiples of a grey level as fractions of 255, as people say them; other numbers as they are. */
function formatFraction(value: number): string {
  const levels = Math.round(255 * value);
  return levels > 0 && levels < 255 && Math.abs(255 * value - levels) < 1e-9
    ? `${levels}/255`
    : String(value);
}

function readList<T>(items: unknown, read: (item: unknown) => T | undefined): T[] | undefined {
  if (!Array.isArray(items) || items.length === 0) return undefined;
  const values: T[] = [];
  for (const item of items) {
    const value = read(item);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

/** The canonical text of an objective. */
function readObjective(given: unknown): string | undefined {
  if (typeof given !== 'string') return undefined;
  try {
    return formatObjective(parseObjective(given));
  } catch {
    return undefined;
  }
}

/** A layer's weight follows the last colon; a name alone weighs 1. Names may hold colons and slashes themselves. */
function readLayer(item: unknown): WeightedLayer | undefined {
  if (isLayer(item)) return { layer: item.layer, weight: item.weight };
  if (typeof item !== 'string') return undefined;
  const text = item.trim();
  const colon = text.lastIndexOf(':');
  const weight = colon < 0 ? undefined : readNumber(text.slice(colon + 1));
  const layer = weight === undefined ? text : text.slice(0, colon);
  return layer === '' || text.endsWith(':') ? undefined : { layer, weight: weight ?? 1 };
}

function isLayer(item: unknown): item is WeightedLayer {
  if (typeof item !== 'object' || item === null || !('layer' in item) || !('weight' in item)) return false;
  return typeof item.layer === 'string' && item.layer !== '' && readNumber(item.weight) === item.weight;
}
