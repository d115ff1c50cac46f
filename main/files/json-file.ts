/** A JSON file that is always whole, and whose writers do not overtake each other. */
import { readFile } from 'node:fs/promises';
import { log } from '../log/log.ts';
import { writeAtomically } from './whole-file.ts';

/** The file's value; `undefined` when there is none or it is damaged. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (!isAbsent(error)) log.swallowed('files', `"${path}" is damaged and not used`, error);
    return undefined;
  }
}

const isAbsent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

export class JsonFile {
  readonly #path: string;
  #latest: string | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Resolves when this value, or one given after it, is on the disk. Values given while another is being written are not all
   * written: the last one is. @throws ReverieError output/unwritable
   */
  write(value: unknown): Promise<void> {
    this.#latest = JSON.stringify(value);
    const turn = this.#last.then(() => this.#flush());
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #flush(): Promise<void> {
    const text = this.#latest;
    this.#latest = undefined;
    if (text !== undefined) await writeAtomically(this.#path, text);
  }
}
