/**
 * The smallest ε at which an attack succeeds, by doubling and then halving the interval. Success need not grow with ε, so
 * what is found is a bound from above: no smaller ε that was tried succeeded.
 */
import type { Norm } from '../../../shared/attacks/registry.ts';

/** A file cannot hold less than one level, so L∞ is searched in whole levels; L2 to this share of itself. */
const TOLERANCE = 0.02;

/** Asked for one ε after the other, told how each went. */
export class EpsilonSearch {
  readonly #norm: Norm;
  readonly #limit: number;
  #failed = 0;
  #worked = Infinity;
  #next: number;

  /** @param limit the largest ε to try, in pixel units */
  constructor(norm: Norm, limit: number) {
    this.#norm = norm;
    this.#limit = limit;
    this.#next = Math.min(norm === 'linf' ? 1 / 255 : 0.0625, limit);
  }

  /** The next ε to try; null when the search is over. */
  get next(): number | null {
    return this.#next > 0 ? this.#next : null;
  }

  /** The smallest ε that succeeded; null while there is none. */
  get found(): number | null {
    return this.#worked === Infinity ? null : this.#worked;
  }

  tell(succeeded: boolean): void {
    if (succeeded) this.#worked = this.#next;
    else this.#failed = this.#next;
    this.#next = this.#worked === Infinity ? this.#larger() : this.#between();
  }

  #larger(): number {
    return this.#failed >= this.#limit ? 0 : Math.min(2 * this.#failed, this.#limit);
  }

  #between(): number {
    const [low, high] = [this.#failed, this.#worked];
    if (this.#norm === 'l2') return high - low > TOLERANCE * high ? (low + high) / 2 : 0;
    const [from, to] = [Math.round(255 * low), Math.round(255 * high)];
    return to - from > 1 ? Math.floor((from + to) / 2) / 255 : 0;
  }
}
