/** What of a long measurement is done, kept in a file line by line, so that it goes on where it was stopped. */
import { appendFile, readFile } from 'node:fs/promises';

export class Ledger<Entry> {
  readonly #path: string | null;
  readonly #done = new Map<string, Entry>();

  private constructor(path: string | null) {
    this.#path = path;
  }

  /**
   * @param path of a file that need not be there yet; null keeps nothing
   * @param isEntry leaves out lines that are something else, such as a last one that was cut short
   */
  static async open<Entry>(
    path: string | null,
    isEntry: (value: unknown) => value is Entry,
  ): Promise<Ledger<Entry>> {
    const ledger = new Ledger<Entry>(path);
    const text = path === null ? '' : await readFile(path, 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      const [key, value] = pairIn(line);
      if (typeof key === 'string' && isEntry(value)) ledger.#done.set(key, value);
    }
    return ledger;
  }

  /** The entry of `key`: the one that is there, else what `make` gives, which is written down at once. */
  async entry(key: string, make: () => Promise<Entry>): Promise<Entry> {
    const known = this.#done.get(key);
    if (known !== undefined) return known;
    const made = await make();
    this.#done.set(key, made);
    // The line begins anew after one that was cut short.
    if (this.#path !== null) await appendFile(this.#path, `\n${JSON.stringify([key, made])}`);
    return made;
  }
}

function pairIn(line: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
