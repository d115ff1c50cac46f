/** Jobs are cancelled by a signal that is handed down to whatever may take long; what hears it ends with this error. */
import { ReverieError } from './errors.ts';

/** @throws ReverieError `job/cancelled` once the signal is aborted */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new ReverieError('job/cancelled', 'The job was cancelled.');
}

/**
 * The value of work that cannot be stopped itself, such as that of a library.
 *
 * @throws ReverieError `job/cancelled` as soon as the signal is aborted; the work then comes to its end unheard
 */
export async function unlessCancelled<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  let hear = (): void => undefined;
  const cancelled = new Promise<void>((resolve) => (hear = resolve));
  signal?.addEventListener('abort', hear);
  try {
    throwIfCancelled(signal);
    await Promise.race([work, cancelled]);
    throwIfCancelled(signal);
    return await work;
  } finally {
    signal?.removeEventListener('abort', hear);
    // A failure that comes after the cancellation concerns nobody.
    work.catch(() => undefined);
  }
}
