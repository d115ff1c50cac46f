/** One run of a job on the engine, from its first event to its end, however it ends. */
import { ReverieError, errorData, type ErrorData } from '../../../shared/errors.ts';
import type { JobEvent, Started, Step } from '../../../shared/jobs.ts';
import type { JobResult } from './job-request.ts';

export type RunEnd =
  { kind: 'done'; report: JobResult } | { kind: 'stopped' } | { kind: 'failed'; error: ErrorData };

export class Run {
  /** Never rejects. */
  readonly end: Promise<RunEnd>;
  readonly #events: AsyncIterator<JobEvent<JobResult>>;
  #leaving: Promise<unknown> | undefined;

  constructor(events: AsyncIterable<JobEvent<JobResult>>, follow: (event: Started | Step) => void) {
    this.#events = events[Symbol.asyncIterator]();
    this.end = this.#drive(follow);
  }

  /** Leaves the engine's stream, which brings the checkpoint up to the latest step; a picture that is just done is kept. */
  async stop(): Promise<void> {
    // An engine that crashes now has stopped as well, and its last checkpoint is whole.
    this.#leaving ??= Promise.resolve(this.#events.return?.()).catch(() => undefined);
    await this.end;
  }

  async #drive(follow: (event: Started | Step) => void): Promise<RunEnd> {
    try {
      for (;;) {
        const next = await this.#events.next();
        if (next.done === true) break;
        if (next.value.kind === 'done') {
          await this.#events.return?.();
          return { kind: 'done', report: next.value.result };
        }
        follow(next.value);
      }
    } catch (error) {
      if (this.#leaving === undefined) return { kind: 'failed', error: errorData(error) };
    }
    if (this.#leaving === undefined) {
      const error = new ReverieError('internal', 'The engine ended the job without a result.');
      return { kind: 'failed', error: errorData(error) };
    }
    await this.#leaving;
    return { kind: 'stopped' };
  }
}
