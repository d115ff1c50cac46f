/**
 * Schemas of what crosses a port or lies in a file: valibot's, with the few leaves that Reverie needs again and again. A leaf's
 * message says what it must be, and `check` makes one sentence of it for the first thing that is wrong.
 */
import * as v from 'valibot';
import { ReverieError } from './errors.ts';

/** What makes an `Output` of any value, or says what is wrong with it. */
export type Schema<Output> = v.GenericSchema<unknown, Output>;

/** The most items that a list from outside may have. */
const MOST = 10_000;
const LONGEST_ID = 255;

/** The most characters of a wrong value that a sentence shows. */
const SHOWN = 80;

/**
 * What a schema makes of the argument of a request.
 *
 * @param what names the value as a whole, as in "The request must be an object."
 * @throws ReverieError usage/option with a sentence that names the first wrong entry by its path, what it must be, and what it is
 */
export function check<Output>(schema: Schema<Output>, value: unknown, what = 'The request'): Output {
  return read(schema, value, what, (problem) => new ReverieError('usage/option', `${problem}.`));
}

/**
 * What a schema makes of a value from a file, whose reader knows what to say of a wrong one.
 *
 * @param refuse makes the error of a clause such as `input.size must be a whole number of at least 1, not "big"`
 */
export function read<Output>(
  schema: Schema<Output>,
  value: unknown,
  what: string,
  refuse: (problem: string) => Error,
): Output {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const name = v.getDotPath(issue) ?? what;
  if (isMissing(issue)) throw refuse(`${name} is missing`);
  const given = (JSON.stringify(issue.input) as string | undefined) ?? String(issue.input);
  throw refuse(`${name} ${issue.message}, not ${given.length > SHOWN ? `${given.slice(0, SHOWN)}…` : given}`);
}

/** An absent key is reported by the object around it. */
const isMissing = ({ type, received, path }: v.BaseIssue<unknown>): boolean =>
  type.endsWith('object') && received === 'undefined' && path !== undefined;

const TEXT = 'must be a text that is not empty';
export const text = v.pipe(v.string(TEXT), v.nonEmpty(TEXT));

/** A text of any length. */
export const anyText = v.string('must be a text');

export const flag = v.boolean('must be true or false');

export const number = v.pipe(v.number('must be a number'), v.finite('must be a number'));

/** A whole number of at least `min`. */
export const whole = (min: number): Schema<number> => {
  const message = `must be a whole number of at least ${min}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(min, message));
};

const MS = 'must be a number of milliseconds';
export const milliseconds = v.pipe(v.number(MS), v.minValue(0, MS));

/** An id is the name of a file or folder inside the studio: nothing that could lead out of it. */
export const id = v.pipe(
  v.string('must be an id'),
  v.check((value: string) => isPlainName(value), 'must be an id'),
);

/** One of some words. */
export const oneOf = <const Words extends readonly string[]>(words: Words): Schema<Words[number]> =>
  v.picklist(words, `must be ${words.map((word) => `"${word}"`).join(' or ')}`);

/** A text of a form, which is described as in "must be 64 hexadecimal digits". */
export const matching = (form: RegExp, description: string): Schema<string> => {
  const message = `must be ${description}`;
  return v.pipe(v.string(message), v.regex(form, message));
};

/** A list with at least `min` items. */
export const list = <Item>(item: Schema<Item>, min = 0): Schema<readonly Item[]> =>
  v.pipe(
    v.array(item, `must be a list`),
    v.minLength(min, `must be a list of at least ${min}`),
    v.maxLength(MOST, `must be a list of at most ${MOST}`),
    v.readonly(),
  );

/** What is absent, or `undefined`, is `null`. */
export const orNull = <Output>(schema: Schema<Output>): Schema<Output | null> => v.nullish(schema, null);

/** An object of these entries; others are dropped. */
export const object = <Entries extends v.ObjectEntries>(entries: Entries): v.ObjectSchema<Entries, string> =>
  v.object(entries, 'must be an object of names and values');

/** What a parser of our own gives; it throws sentences of its own. */
export const parsedBy = <Output>(parser: (value: unknown) => Output): Schema<Output> =>
  v.pipe(v.optional(v.unknown()), v.transform(parser));

/** Whether a value is an object with string keys (not an array, not `null`). */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value names one file in one folder: no separator, not hidden, nothing that a file system treats specially. */
export function isPlainName(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || value.length > LONGEST_ID) return false;
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is refused
  return !value.startsWith('.') && !/[\u0000-\u001f\u007f/\\:*?"<>|]/.test(value) && !/[. ]$/.test(value);
}
