/**
 * Compiled programs by key. Who uses one holds a lease; programs that nobody holds are kept for the next time as long as all
 * together stay within a memory budget, and go least recently used first.
 */
import type { Program } from './runtime.ts';

/** Memory that the engine's programs may take together while they are not in use, in bytes. */
export const PROGRAM_BUDGET = 256 * 2 ** 20;

/** A program that could be compiled, and roughly what it would need in bytes. */
export interface Draft {
  readonly bytes: number;
  readonly compile: () => Promise<Program>;
}

export interface Lease {
  readonly program: Program;
  /** Gives the program back, once; it may be disposed of from then on. */
  release(): Promise<void>;
}

interface Entry {
  readonly program: Promise<Program>;
  readonly bytes: number;
  leases: number;
}

/** What a user of the cache needs of it. */
export type Programs = Pick<ProgramCache, 'lease' | 'clear'>;

export class ProgramCache {
  readonly #budget: number;
  readonly #entries = new Map<string, Entry>();

  /** @param budget bytes that kept programs and those in use may need together; those in use are never given up */
  constructor(budget: number) {
    this.#budget = budget;
  }

  /**
   * The program of that key, compiled on first use. Room for it is made before it is compiled, so that the old and the new
   * are not in memory together. A failed compilation is not kept.
   */
  async lease(key: string, draft: () => Draft): Promise<Lease> {
    const entry = this.#entries.get(key) ?? this.#enter(key, draft());
    entry.leases++;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return this.#leaseOf(key, entry);
  }

  /** The same cache for keys that mean something else elsewhere. */
  within(scope: string): Programs {
    return { lease: (key, draft) => this.lease(`${scope} ${key}`, draft), clear: () => this.clear() };
  }

  /** Disposes of everything that is not in use. */
  async clear(): Promise<void> {
    await this.#evict(0);
  }

  #enter(key: string, { bytes, compile }: Draft): Entry {
    const program = Promise.resolve()
      .then(() => this.#evict())
      .then(compile);
    const entry = { program, bytes, leases: 0 };
    this.#entries.set(key, entry);
    return entry;
  }

  async #leaseOf(key: string, entry: Entry): Promise<Lease> {
    try {
      const program = await entry.program;
      const release = async (): Promise<void> => {
        entry.leases--;
        await this.#evict();
      };
      return { program, release };
    } catch (error) {
      this.#entries.delete(key);
      throw error;
    }
  }

  /** Gives up programs that nobody holds until the rest fits. */
  async #evict(budget = this.#budget): Promise<void> {
    let total = 0;
    for (const { bytes } of this.#entries.values()) total += bytes;
    for (const [key, entry] of this.#entries) {
      if (total <= budget) return;
      if (entry.leases > 0) continue;
      this.#entries.delete(key);
      total -= entry.bytes;
      await (await entry.program).dispose();
    }
  }
}
