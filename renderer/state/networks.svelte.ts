/** What is inside the installed networks, asked for once each. */
import { errorData } from '../../shared/errors.ts';
import type { ModelInfo } from '../../shared/contract/models.ts';
import type { Studio } from '../../shared/studio/contract.ts';

export type Inspection =
  { state: 'asking' } | { state: 'known'; info: ModelInfo } | { state: 'failed'; reason: string };

export class Networks {
  #inspections = $state.raw<ReadonlyMap<string, Inspection>>(new Map());
  readonly #asked = new Set<string>();
  readonly #studio: Pick<Studio, 'inspectModel'>;

  constructor(studio: Pick<Studio, 'inspectModel'>) {
    this.#studio = studio;
  }

  /** What is known of a network so far. */
  get(model: string): Inspection | undefined {
    return this.#inspections.get(model);
  }

  info(model: string | undefined): ModelInfo | undefined {
    const inspection = model === undefined ? undefined : this.get(model);
    return inspection?.state === 'known' ? inspection.info : undefined;
  }

  /** Asks unless that was done already; `again` after a failure. */
  ask(model: string, again = false): void {
    if (this.#asked.has(model) && !again) return;
    this.#asked.add(model);
    void this.#ask(model);
  }

  async #ask(model: string): Promise<void> {
    this.#put(model, { state: 'asking' });
    try {
      this.#put(model, { state: 'known', info: await this.#studio.inspectModel({ model, size: null }) });
    } catch (error) {
      this.#put(model, { state: 'failed', reason: errorData(error).message });
    }
  }

  #put(model: string, inspection: Inspection): void {
    this.#inspections = new Map(this.#inspections).set(model, inspection);
  }
}
