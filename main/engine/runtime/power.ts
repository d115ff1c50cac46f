/**
 * How much of the machine the engine takes. It is a matter of the process, so it comes with its environment: by default all
 * processors that ONNX Runtime thinks useful; `quiet` leaves half of them alone and steps back behind every other program.
 */
import { availableParallelism, constants, setPriority } from 'node:os';
import { powerIn, threadsOf } from '../../../shared/power.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Power {
  /** Threads of one run; 0 leaves the number to the runtime. */
  readonly threads: number;
  readonly quiet: boolean;
}

export function powerFrom(environment: Environment, processors = availableParallelism()): Power {
  const power = powerIn(environment);
  return { threads: threadsOf(power, processors) ?? 0, quiet: power.quiet };
}

/** Lets other programs go first. */
export function stepBack(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Some systems forbid it; the threads are fewer all the same.
  }
}
