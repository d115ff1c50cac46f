/** What the dream on the desk would take of the machine's memory, asked for when the settings have been left alone for a moment. */
import type { MemoryEstimate } from '../../../shared/memory.ts';
import type { Studio } from '../../../shared/studio/contract.ts';
import type { Order } from '../../../shared/studio/jobs.ts';

/** Nobody reads the line while they type, in ms. */
const QUIET_MS = 500;

export class DreamMemory {
  /** `undefined` while it is not known, as of a network that cannot dream. */
  estimate = $state.raw<MemoryEstimate | undefined>();
  readonly #studio: Pick<Studio, 'estimateMemory'>;

  constructor(studio: Pick<Studio, 'estimateMemory'>) {
    this.#studio = studio;
  }

  /** Asks about an order after a moment; what is returned takes the question back. */
  ask(order: Order<'dream'> | undefined, quietMs = QUIET_MS): () => void {
    let asked = true;
    const timer = setTimeout(() => {
      if (order === undefined) this.estimate = undefined;
      else
        void this.#studio.estimateMemory(order).then(
          (estimate) => {
            if (asked) this.estimate = estimate;
          },
          // Why it cannot be dreamed on is told when that is tried.
          () => {
            if (asked) this.estimate = undefined;
          },
        );
    }, quietMs);
    return () => {
      asked = false;
      clearTimeout(timer);
    };
  }
}
