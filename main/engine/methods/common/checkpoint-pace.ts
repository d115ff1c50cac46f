/** How often the state of a job is written: as often as it was asked for, but rarer where writing takes long. */

/** Writing takes at most so large a share of a job's time: the state of a dream of 33 megapixels has 398 MB. */
const SHARE = 0.1;

export class CheckpointPace {
  readonly #everyMs: number;
  readonly #now: () => number;
  #written: number;
  #cost = 0;

  /**
   * @param everyMs at least between two states; 0 for one after each step, whatever it costs
   * @param now tells the time in ms
   */
  constructor(everyMs: number, now = () => performance.now()) {
    this.#everyMs = everyMs;
    this.#now = now;
    this.#written = now();
  }

  /** Whether it is time to write. */
  get due(): boolean {
    const pause = this.#everyMs === 0 ? 0 : Math.max(this.#everyMs, this.#cost * (1 / SHARE - 1));
    return this.#now() - this.#written >= pause;
  }

  /** Writes, and learns how long that takes. */
  async write(work: () => Promise<void>): Promise<void> {
    const began = this.#now();
    await work();
    this.#written = this.#now();
    this.#cost = this.#written - began;
  }
}
