/**
 * Small things that the page remembers from one opening to the next. They lie in a file of ours, because Chromium writes its own
 * storage down only after a while, and what is younger is lost when the program is killed.
 */
import { isRecord } from '../../shared/schema.ts';
import { JsonFile, readJson } from '../files/json-file.ts';
import { log } from '../log/log.ts';

export class PageStorage {
  readonly #kept: Map<string, unknown>;
  readonly #file: JsonFile;
  #written: Promise<void> = Promise.resolve();

  private constructor(kept: Map<string, unknown>, file: JsonFile) {
    this.#kept = kept;
    this.#file = file;
  }

  /** A file that is not there or damaged remembers nothing. */
  static async open(path: string): Promise<PageStorage> {
    const stored = await readJson(path);
    return new PageStorage(new Map(Object.entries(isRecord(stored) ? stored : {})), new JsonFile(path));
  }

  get all(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.#kept);
  }

  /** Of values given quickly one after the other, the last one is written. */
  keep(key: string, value: unknown): void {
    this.#kept.set(key, value);
    // A page that remembers less is no reason for an error.
    this.#written = this.#file
      .write(this.all)
      .catch((error: unknown) => log.swallowed('window', 'What the page remembers was not kept', error));
  }

  /** Resolves when everything is on the disk. */
  async close(): Promise<void> {
    await this.#written;
  }
}
