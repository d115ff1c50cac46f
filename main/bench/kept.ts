/**
 * Results that outlive the benchmark: each is a file of its own, so that an interrupted run goes on where it was. Whoever
 * changes what is measured deletes the folder.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a result is of: everything that it depends on. */
export type Measured = Readonly<Record<string, unknown>>;

export class Kept {
  readonly #folder: string | null;
  readonly #until: number;

  /**
   * @param folder made when it is not there; null keeps nothing
   * @param minutes after which nothing new is begun
   */
  constructor(folder: string | null, minutes = Infinity) {
    this.#folder = folder;
    this.#until = performance.now() + 60_000 * minutes;
  }

  /**
   * The result that is kept of `of`, else that of `make`, which is kept from then on. Null where there is none and the time
   * is over.
   *
   * @param name for people who look into the folder
   */
  async once<T>(name: string, of: Measured, make: () => Promise<T>): Promise<T | null> {
    const hash = createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 12);
    const path = join(this.#folder ?? '', `${name.replace(/[^\w.-]+/g, '-')}-${hash}.json`);
    if (this.#folder !== null) {
      const kept = await readFile(path, 'utf8').catch(() => null);
      // What is kept was written here, under a name that holds all that it depends on.
      if (kept !== null) return (JSON.parse(kept) as { result: T }).result;
    }
    if (performance.now() > this.#until) return null;
    const result = await make();
    if (this.#folder !== null) {
      await mkdir(this.#folder, { recursive: true });
      // Whole or not at all: an interrupted benchmark leaves no half of a file under this name.
      await writeFile(`${path}.part`, JSON.stringify({ of, result }));
      await rename(`${path}.part`, path);
    }
    return result;
  }
}
