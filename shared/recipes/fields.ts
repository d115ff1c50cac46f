/**
 * Settings, written once: a method is a table of fields, and its type, its form, its command-line flags, its help
 * and its validation all come from that table.
 */
import { ReverieError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { isRecord } from '../schema.ts';
import { expectation, readValue, type Field, type ValueOf } from './kinds.ts';

/** A table of fields by their key in the settings (camelCase). */
export type Fields = Readonly<Record<string, Field>>;

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

/** Settings that were kept somewhere, or `otherwise` where they cannot be used any more. */
export function parseKept<F extends Fields>(
  fields: F,
  kept: unknown,
  otherwise: SettingsOf<F>,
): SettingsOf<F> {
  try {
    return isRecord(kept) ? parse(fields, kept) : otherwise;
  } catch {
    return otherwise;
  }
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
