/**
 * Files that a person gave to a door, by ids that nobody can guess: what a window may import is exactly what was given, and it
 * never names a path.
 */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ReverieError } from '../../../shared/errors.ts';

export interface OfferedFile {
  path: string;
  /** As the person knows it. */
  name: string;
  /** Whether it is a copy in a folder of its own, both to be removed once it has been used. */
  temporary: boolean;
}

/** Offers that nobody has used are forgotten, oldest first, beyond so many. */
const MOST = 20_000;

export class Offers {
  readonly #files = new Map<string, OfferedFile>();

  add(file: OfferedFile): string {
    const id = randomUUID();
    this.#files.set(id, file);
    const [oldest] = this.#files.keys();
    if (this.#files.size > MOST && oldest !== undefined) void this.discard(this.take(oldest));
    return id;
  }

  /** Whether it can still be taken. */
  has(id: string): boolean {
    return this.#files.has(id);
  }

  /** Each offer can be taken once. */
  take(id: string): OfferedFile | undefined {
    const file = this.#files.get(id);
    this.#files.delete(id);
    return file;
  }

  /** Removes the file of an offer that is done with, if it is a copy. */
  async discard(file: OfferedFile | undefined): Promise<void> {
    if (file?.temporary === true) await rm(dirname(file.path), { recursive: true, force: true });
  }
}

/** About an id that is not, or no longer, one of an offer. */
export function staleOffer(): ReverieError {
  return new ReverieError(
    'image/missing',
    'This file was offered before the program started anew; give it again.',
  );
}
