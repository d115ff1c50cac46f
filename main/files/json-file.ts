/** A JSON file that is always whole, and whose writers do not overtake each other. */
import { readText } from './text-file.ts';
import { writeAtomically } from './whole-file.ts';

/** The file's value; `undefined` when there is none. @throws Error with a sentence for one that cannot be read, or is damaged */
export async function readJson(path: string): Promise<unknown> {
  const text = await readText(path).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new Error(`"${path}" cannot be read.`, { cause });
  });
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new Error(`"${path}" is damaged.`, { cause });
  }
}

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
