/** Compiled programs by key, least recently used first out once they exceed a memory budget. */
import type { Program } from './runtime.ts';

/** A pending or finished compilation: two requests for one key share it. */
interface Entry {
  readonly program: Promise<Program>;
  bytes: number;
}

export class ProgramCache {
  readonly #budget: number;
  readonly #entries = new Map<string, Entry>();

  /** @param budget bytes that the kept programs may need together; the newest is kept even if it alone needs more */
  constructor(budget: number) {
    this.#budget = budget;
  }

  /** The program of that key, compiled on first use. A failed compilation is not kept. */
  async get(key: string, compile: () => Promise<Program>): Promise<Program> {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.program;
    }
    const entry: Entry = { program: compile(), bytes: 0 };
    this.#entries.set(key, entry);
    try {
      const program = await entry.program;
      entry.bytes = program.bytes;
      await this.#evict(key);
      return program;
    } catch (error) {
      this.#entries.delete(key);
      throw error;
    }
  }

  async clear(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    for (const { program } of entries) await (await program).dispose();
  }

  async #evict(newest: string): Promise<void> {
    let total = [...this.#entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [key, { program, bytes }] of this.#entries) {
      if (total <= this.#budget) return;
      if (key === newest || bytes === 0) continue;
      this.#entries.delete(key);
      total -= bytes;
      await (await program).dispose();
    }
  }
}
