/**
 * How much of the machine the engine takes. It is a matter of the process, so it comes with its environment: by default all
 * processors that ONNX Runtime thinks useful; `quiet` leaves half of them alone and steps back behind every other program.
 */
import { availableParallelism, constants, setPriority } from 'node:os';
import { QUIET, THREADS } from '../../../shared/power.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Power {
  /** Threads of one run; 0 leaves the number to the runtime. */
  readonly threads: number;
  readonly quiet: boolean;
}

export function powerFrom(environment: Environment, processors = availableParallelism()): Power {
  const quiet = (environment[QUIET] ?? '') !== '';
  const wished = Number(environment[THREADS] ?? '');
  if (Number.isInteger(wished) && wished > 0) return { threads: wished, quiet };
  return { threads: quiet ? Math.max(1, Math.floor(processors / 2)) : 0, quiet };
}

/** Lets other programs go first. */
export function stepBack(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Some systems forbid it; the threads are fewer all the same.
  }
}
