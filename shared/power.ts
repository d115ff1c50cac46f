/** How much of the machine the engine may take: as people set it, and the environment variables that tell its process. */

/** Threads of one run; unset or empty leaves the number to the runtime. */
export const THREADS = 'REVERIE_THREADS';

/** Anything but empty: leave half of the processors alone, and let every other program go first. */
export const QUIET = 'REVERIE_QUIET';

export interface EnginePower {
  /** Threads of one run; `null` for as many as are useful. */
  threads: number | null;
  /** Half of the processors unless `threads` says otherwise, and behind every other program. */
  quiet: boolean;
}

/** What is computed with at present, and what will be. */
export interface PowerState {
  /** Processors of the machine. */
  processors: number;
  /** Of the engine that runs, or of the next one where none does. */
  now: EnginePower;
  /** A change that waits until nothing is computed; `null` when there is none. */
  next: EnginePower | null;
}

export const samePower = (a: EnginePower, b: EnginePower): boolean =>
  a.threads === b.threads && a.quiet === b.quiet;

/** Threads that a setting comes to on a machine; `null` where they are left to the runtime. */
export const threadsOf = ({ threads, quiet }: EnginePower, processors: number): number | null =>
  threads ?? (quiet ? Math.max(1, Math.floor(processors / 2)) : null);

/** The setting as variables for the engine's process. */
export function powerVariables({ threads, quiet }: EnginePower): Record<string, string> {
  return { [THREADS]: threads === null ? '' : String(threads), [QUIET]: quiet ? '1' : '' };
}

/** The setting in an environment; what is no number of threads counts as unset. */
export function powerIn(environment: Readonly<Record<string, string | undefined>>): EnginePower {
  const wished = Number(environment[THREADS] ?? '');
  return {
    threads: Number.isInteger(wished) && wished > 0 ? wished : null,
    quiet: (environment[QUIET] ?? '') !== '',
  };
}
