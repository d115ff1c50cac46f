/**
 * Compiled programs by key. Users hold leases; programs without one are kept for the next time as long as all together stay
 * within a memory budget, and go least recently used first. Runs of one program follow one another, whichever lease they
 * come from.
 */
import { throwIfCancelled } from '../../../shared/cancellation.ts';
import type { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { finite } from './finite.ts';
import { oneAtATime, type SharedProgram } from './one-at-a-time.ts';
import type { Program, Runtime } from './runtime.ts';

/** Memory that the engine's programs may take together while they are not in use, in bytes. */
export const PROGRAM_BUDGET = 256 * 2 ** 20;

/** A program that could be compiled, and roughly what it would need in bytes. */
export interface Draft {
  readonly bytes: number;
  readonly compile: () => Promise<Program>;
}

/** Draws a graph's last line: the program that computes these tensors. */
export function draftOf(runtime: Runtime, g: Builder, outputs: readonly Name[]): Draft {
  const graph = g.finish(outputs);
  return { bytes: g.footprint(graph), compile: () => runtime.compile(graph) };
}

export interface Lease {
  readonly program: Program;
  /** Gives the program back, once; it may be disposed of from then on. */
  release(): Promise<void>;
}

/** What a user of the cache needs of it. */
export interface Programs {
  /**
   * The program of that key, compiled on first use. Room for it is made before it is compiled, so that the old and the new
   * are not in memory together. A failed compilation is not kept. Its runs throw {@link NotFiniteError} (`model/not-finite`)
   * where results are no numbers.
   */
  lease(key: string, draft: () => Draft): Promise<Lease>;
  /** Disposes of everything that is not in use. */
  clear(): Promise<void>;
  /** The same for a job: once the signal is aborted, nothing more is leased, and no more runs begin (`job/cancelled`). */
  until(signal: AbortSignal | undefined): Programs;
}

interface Entry {
  readonly program: Promise<SharedProgram>;
  readonly bytes: number;
  leases: number;
}

export class ProgramCache implements Programs {
  readonly #budget: number;
  readonly #entries = new Map<string, Entry>();

  /** @param budget bytes that kept programs and those in use may need together; those in use are never given up */
  constructor(budget: number) {
    this.#budget = budget;
  }

  lease(key: string, draft: () => Draft): Promise<Lease> {
    return this.#lease(key, draft, undefined);
  }

  async clear(): Promise<void> {
    await this.#evict(0);
  }

  until(signal: AbortSignal | undefined): Programs {
    return this.#part('', signal);
  }

  /** The same cache for keys that mean something else elsewhere. */
  within(scope: string): Programs {
    return this.#part(`${scope} `, undefined);
  }

  #part(prefix: string, signal: AbortSignal | undefined): Programs {
    return {
      lease: (key, draft) => this.#lease(prefix + key, draft, signal),
      clear: () => this.clear(),
      until: (other) => this.#part(prefix, other),
    };
  }

  async #lease(key: string, draft: () => Draft, signal: AbortSignal | undefined): Promise<Lease> {
    throwIfCancelled(signal);
    const entry = this.#entries.get(key) ?? this.#enter(key, draft());
    entry.leases++;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    try {
      const program = await entry.program;
      const release = async (): Promise<void> => {
        entry.leases--;
        await this.#evict();
      };
      return { program: signal === undefined ? program : runUntil(signal, program), release };
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw error;
    }
  }

  #enter(key: string, { bytes, compile }: Draft): Entry {
    const program = Promise.resolve()
      .then(() => this.#evict())
      .then(compile)
      .then(finite)
      .then(oneAtATime);
    const entry = { program, bytes, leases: 0 };
    this.#entries.set(key, entry);
    return entry;
  }

  /** Gives up programs without a lease until the rest fits. */
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

const runUntil = (signal: AbortSignal, program: SharedProgram): Program => ({
  outputs: program.outputs,
  run: (feeds) => program.run(feeds, signal),
  dispose: () => program.dispose(),
});

/** Several programs for one purpose, released together. */
export class Leases {
  readonly #programs: Programs;
  readonly #held: Lease[] = [];

  private constructor(programs: Programs) {
    this.#programs = programs;
  }

  /** What `make` makes of programs that it leases. Where it fails, those that it had are given back. */
  static async for<Made>(programs: Programs, make: (leases: Leases) => Promise<Made>): Promise<Made> {
    const leases = new Leases(programs);
    try {
      return await make(leases);
    } catch (error) {
      await leases.release();
      throw error;
    }
  }

  async program(key: string, draft: () => Draft): Promise<Program> {
    return this.add(await this.#programs.lease(key, draft));
  }

  /** Takes over a lease that was made elsewhere. */
  add(lease: Lease): Program {
    this.#held.push(lease);
    return lease.program;
  }

  async release(): Promise<void> {
    for (const lease of this.#held.splice(0)) await lease.release();
  }
}
