/**
 * What is written to outlive the program: recipes, jobs, settings, cards of networks. Each holds the number of its format, by default
 * 1. A later version reads what an earlier one wrote, in steps from each format to the next; what a later version has added and this
 * one does not know is left out and told, and a later format is refused, because the same words may mean something else in it.
 */

export type Entries = Readonly<Record<string, unknown>>;

export interface StoredFormat {
  /** As in "The recipe has format 3". */
  readonly name: string;
  /** The entry that holds the number. */
  readonly key: string;
  /** The format that this version writes. */
  readonly current: number;
  /** `steps[n]` makes format n + 1 of format n. */
  readonly steps: Readonly<Record<number, (stored: Entries) => Entries>>;
}

/**
 * The entries of a file in the present format.
 *
 * @param refuse makes the error of a sentence
 */
export function upgraded(
  { name, key, current, steps }: StoredFormat,
  stored: Entries,
  refuse: (sentence: string) => Error,
): Entries {
  const format = stored[key] ?? 1;
  if (typeof format !== 'number' || !Number.isInteger(format) || format < 1 || format > current) {
    const reads = current === 1 ? 'format 1' : `formats 1 to ${current}`;
    const newer = typeof format === 'number' && format > current;
    throw refuse(
      `${name} has format ${JSON.stringify(format)}, and this version of Reverie reads ${reads}${newer ? '; a later version wrote it' : ''}.`,
    );
  }
  let entries = stored;
  for (let n = format; n < current; n++) {
    const step = steps[n];
    if (step === undefined) throw new Error(`No step leads on from format ${n} of ${name}.`);
    entries = step(entries);
  }
  return { ...entries, [key]: current };
}

/** The entries that are known, and the names of the others. */
export function knownEntries(
  stored: Entries,
  isKnown: (key: string) => boolean,
): { known: Entries; unknown: readonly string[] } {
  const unknown = Object.keys(stored).filter((key) => !isKnown(key));
  return { known: Object.fromEntries(Object.entries(stored).filter(([key]) => isKnown(key))), unknown };
}

/** What is told of entries that were left out: a sentence, or nothing where there are none. @param what as in "The recipe" */
export function leftOut(what: string, unknown: readonly string[]): string[] {
  if (unknown.length === 0) return [];
  const names = unknown.map((key) => `"${key}"`);
  const list = names.length === 1 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return [
    `${what} has ${list}, which this version of Reverie does not know and leaves out; a later version may have written it.`,
  ];
}
