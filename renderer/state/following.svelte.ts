/** Something that the page asks for and follows to its end: how far it is, and why it failed. */
import { errorData } from '../../shared/errors.ts';
import type { JobEvent } from '../../shared/jobs.ts';
import { until } from '../../shared/relay.ts';

export class Following {
  /** How far it is; `undefined` while nothing runs. */
  progress = $state.raw<{ step: number; of: number } | undefined>();
  /** How long it will still take at its pace until now; `undefined` before its first step. */
  secondsLeft = $state.raw<number | undefined>();
  error = $state<string | null>(null);
  /** Leaves the stream of the one that runs. */
  #leave: AbortController | undefined;

  get busy(): boolean {
    return this.progress !== undefined;
  }

  /** Whatever was being asked before is dropped. `steps`: how many are expected until it is told. */
  protected async follow<Result>(
    ask: () => AsyncIterable<JobEvent<Result>>,
    steps: number,
    onResult: (result: Result) => void,
  ): Promise<void> {
    this.stop();
    const { signal } = (this.#leave = new AbortController());
    this.error = null;
    this.progress = { step: 0, of: steps };
    this.secondsLeft = undefined;
    let began = performance.now();
    try {
      for await (const event of until(ask(), signal)) {
        if (event.kind === 'started') {
          this.progress = { step: 0, of: event.steps };
          began = performance.now();
        } else if (event.kind === 'step') {
          this.progress = { step: event.step, of: event.of };
          this.secondsLeft = ((performance.now() - began) / 1000 / event.step) * (event.of - event.step);
        } else onResult(event.result);
      }
    } catch (error) {
      this.error = errorData(error).message;
    } finally {
      if (!signal.aborted) this.progress = undefined;
    }
  }

  /** Drops what is asked; results that there are stay. */
  stop(): void {
    this.#leave?.abort();
    this.progress = undefined;
  }
}
