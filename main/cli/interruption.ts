/** Ctrl-C: what runs is cancelled and cleans up; a second one ends the program at once. */
import { ReverieError, exitCode } from '../../shared/errors.ts';
import { withTimeout } from '../studio/timeout.ts';

/** How long a cancelled job may take to clean up before it is given up on. */
const CLEAN_UP_MS = 3000;

export interface Interruption {
  signal: AbortSignal;
  /** The value of some work, unless the user interrupts first. */
  unless<T>(work: Promise<T>): Promise<T>;
  /** Every value of a stream; whoever leaves it, or interrupts, waits for its clean-up. @throws job/cancelled */
  follow<T>(stream: AsyncIterable<T>): AsyncGenerator<T, void, undefined>;
}

/** Listens to Ctrl-C and to a request to end, from now on. */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(exitCode('job/cancelled'));
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return interruptionBy(controller.signal);
}

/** An interruption by any signal. */
export function interruptionBy(signal: AbortSignal): Interruption {
  const cancelled = (): ReverieError =>
    new ReverieError('job/cancelled', 'Interrupted: no result was written.');
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const unless = async <T>(work: Promise<T>): Promise<T> => {
    const value = await Promise.race([work, aborted.then(() => undefined)]);
    if (signal.aborted) throw cancelled();
    // Not aborted, so the race was won by the work.
    return value === undefined ? await work : value;
  };
  return {
    signal,
    unless,
    async *follow(stream) {
      const values = stream[Symbol.asyncIterator]();
      try {
        for (;;) {
          const pull = values.next();
          pull.catch(() => undefined);
          // The pull need not end before the stream is left, so no `for await`.
          const next = await unless(pull);
          if (next.done === true) return;
          yield next.value;
        }
      } finally {
        // What a job still complains about when it is left is not what the user asked for.
        await withTimeout(Promise.allSettled([values.return?.()]), CLEAN_UP_MS);
      }
    },
  };
}
