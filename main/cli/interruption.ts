/** Ctrl-C: what runs is cancelled and cleans up; a second one ends the program at once. */
import { ReverieError, exitCode } from '../../shared/errors.ts';
import { withTimeout } from '../studio/timeout.ts';

/** How long a cancelled job may take to clean up before it is given up on. */
const CLEAN_UP_MS = 3000;

export interface Interruption {
  signal: AbortSignal;
  /** The value of some work, unless the user interrupts first. */
  unless<T>(work: Promise<T>): Promise<T>;
  /** Every value of a stream; an interruption leaves the stream and waits for its clean-up. @throws job/cancelled */
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
      const iterator = stream[Symbol.asyncIterator]();
      for (;;) {
        const pull = iterator.next();
        pull.catch(() => undefined);
        try {
          const result = await unless(pull);
          if (result.done === true) return;
          yield result.value;
        } finally {
          // What a cancelled job still complains about is not what the user asked for.
          if (signal.aborted) await withTimeout(Promise.allSettled([iterator.return?.()]), CLEAN_UP_MS);
        }
      }
    },
  };
}
