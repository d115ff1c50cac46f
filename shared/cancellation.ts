/** Jobs are cancelled by a signal that is handed down to whatever may take long; what hears it ends with this error. */
import { ReverieError } from './errors.ts';

/** @throws ReverieError `job/cancelled` once the signal is aborted */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new ReverieError('job/cancelled', 'The job was cancelled.');
}
