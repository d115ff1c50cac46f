/** The error that a test expects, as data, so that its code and its sentence can be compared. */
import { errorData, type ErrorData } from '../../../shared/errors.ts';

/** What `act` throws; that it throws nothing is an error too. */
export function refusal(act: () => unknown): ErrorData {
  try {
    act();
  } catch (error) {
    return errorData(error);
  }
  throw new Error('Nothing was refused.');
}

/** What some work is refused with; that it succeeds is an error too. */
export async function refusalOf(work: Promise<unknown>): Promise<ErrorData> {
  const succeeded = Symbol('succeeded');
  const outcome = await work.then(() => succeeded, errorData);
  if (typeof outcome === 'symbol') throw new Error('Nothing was refused.');
  return outcome;
}
