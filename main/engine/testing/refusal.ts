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
