/** The report of a problem: collected by the studio, then its user's to change. It stays while the window is open. */
import type { Studio } from '../../shared/studio/contract.ts';
import { Action } from './action.svelte.ts';

export class Report {
  readonly collecting = new Action();
  /** `null` until it has been collected. */
  text = $state<string | null>(null);
  readonly #studio: Pick<Studio, 'problemReport'>;
  readonly #window: string;

  /** @param window what the page runs in */
  constructor(studio: Pick<Studio, 'problemReport'>, window: string) {
    this.#studio = studio;
    this.#window = window;
  }

  /** Anew: what was written into the old one is given up. */
  async collect(): Promise<void> {
    const text = await this.collecting.run(() => this.#studio.problemReport({ window: this.#window }));
    if (text !== undefined) this.text = text;
  }
}
