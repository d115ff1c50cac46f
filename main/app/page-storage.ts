/**
 * Small things that the page remembers from one opening to the next. They lie in a file of ours, because Chromium writes its own
 * storage down only after a while, and what is younger is lost when the program is killed.
 */
import type { StoredFormat } from '../../shared/stored.ts';
import { JsonFile } from '../files/json-file.ts';
import { readStored } from '../files/stored-file.ts';
import { log } from '../log/log.ts';

export const PAGE: StoredFormat = { name: 'What the page remembers', key: 'format', current: 1, steps: {} };

export class PageStorage {
  readonly #kept: Map<string, unknown>;
  readonly #file: JsonFile;
  #written: Promise<void> = Promise.resolve();

  private constructor(kept: Map<string, unknown>, file: JsonFile) {
    this.#kept = kept;
    this.#file = file;
  }

  /** A file that is not there, damaged, or of a later version remembers nothing; what it held is kept beside it. */
  static async open(path: string): Promise<PageStorage> {
    const { entries = {}, refused } = await readStored(path, PAGE);
    if (refused !== null) log.warning('window', `${refused.why} The page begins anew.`);
    const kept = new Map(Object.entries(entries));
    kept.delete(PAGE.key);
    return new PageStorage(kept, new JsonFile(path));
  }

  get all(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.#kept);
  }

  /** Of values given quickly one after the other, the last one is written. */
  keep(key: string, value: unknown): void {
    this.#kept.set(key, value);
    // A page that remembers less is no reason for an error.
    this.#written = this.#file
      .write({ [PAGE.key]: PAGE.current, ...this.all })
      .catch((error: unknown) => log.swallowed('window', 'What the page remembers was not kept', error));
  }

  /** Resolves when everything is on the disk. */
  async close(): Promise<void> {
    await this.#written;
  }
}
