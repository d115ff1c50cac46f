/** A program whose runs follow one another, whoever asks for them: libraries allow no two runs of one program at a time. */
import { throwIfCancelled } from '../../../shared/cancellation.ts';
import type { Program, Values } from './runtime.ts';

/** A program that is run by several jobs. */
export interface SharedProgram extends Program {
  /**
   * Computes the outputs when its turn comes.
   *
   * @param signal of the job that asks; a run that has not begun by then never does
   * @throws ReverieError `job/cancelled` then, and as {@link Program.run}
   */
  run(feeds: Values, signal?: AbortSignal): Promise<Values>;
}

/** It is disposed of behind its last run. */
export function oneAtATime(program: Program): SharedProgram {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    // What a run gave is not kept for the sake of the next one.
    last = turn.then(nothing, nothing);
    return turn;
  };
  return {
    outputs: program.outputs,
    run: (feeds, signal) =>
      inTurn(async () => {
        if (signal !== undefined) await messages();
        throwIfCancelled(signal);
        return program.run(feeds);
      }),
    dispose: () => inTurn(() => program.dispose()),
  };
}

const nothing = (): void => undefined;

/** Lets the process read what has come for it, such as the cancellation of a job: some libraries never do between runs. */
const messages = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
