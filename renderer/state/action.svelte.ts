/** Something the user asked for: whether it is under way, and why it did not work, to be shown where it was asked. */
import { errorData } from '../../shared/errors.ts';

export class Action {
  busy = $state(false);
  /** The sentence, or `null`. */
  error = $state<string | null>(null);

  /** Does the work and keeps its failure; `undefined` when it failed. */
  async run<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    this.busy = true;
    this.error = null;
    try {
      return await work();
    } catch (error) {
      this.error = errorData(error).message;
      return undefined;
    } finally {
      this.busy = false;
    }
  }
}
