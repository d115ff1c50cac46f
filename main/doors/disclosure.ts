/** What a window is told of a failure, and what the log is told of it. */
import { plainError } from '../../shared/errors.ts';
import type { Disclosure } from '../../shared/rpc/serve.ts';
import { log } from '../log/log.ts';

/** Code and sentence for the window, which paths and stacks are not for; the details for the log. */
export const disclose: Disclosure = (error, name) => {
  const told = plainError(error);
  if (told.code !== 'job/cancelled') log.failure('window', `It asked for "${String(name)}"`, error);
  return told;
};

/** The same of an answer over HTTP, where most failures are pictures that are gone. */
export function tellOfAnswer(address: string, error: unknown): void {
  if (plainError(error).code === 'internal') log.failure('window', `It asked for ${address}`, error);
}
