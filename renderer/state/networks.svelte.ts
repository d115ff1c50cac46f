/** What is inside the installed networks, asked for once each, and again when a network was changed. */
import { errorData } from '../../shared/errors.ts';
import type { ModelInfo } from '../../shared/contract/models.ts';
import type { Studio } from '../../shared/studio/contract.ts';

type Inspection =
  { state: 'asking' } | { state: 'known'; info: ModelInfo } | { state: 'failed'; reason: string };

export class Networks {
  #inspections = $state.raw<ReadonlyMap<string, Inspection>>(new Map());
  readonly #asked = new Set<string>();
  readonly #studio: Pick<Studio, 'inspectModel'>;

  constructor(studio: Pick<Studio, 'inspectModel'>) {
    this.#studio = studio;
  }

  /** What is known of a network so far; `size`: with the layers as they are for square pictures of that side. */
  get(model: string, size: number | null = null): Inspection | undefined {
    return this.#inspections.get(keyOf(model, size));
  }

  info(model: string | undefined): ModelInfo | undefined {
    const inspection = model === undefined ? undefined : this.get(model);
    return inspection?.state === 'known' ? inspection.info : undefined;
  }

  /** Asks unless that was done already; `again` after a failure. */
  ask(model: string, again = false, size: number | null = null): void {
    const key = keyOf(model, size);
    if (this.#asked.has(key) && !again) return;
    this.#asked.add(key);
    this.#put(key, { state: 'asking' });
    void this.#ask(model, size);
  }

  /** Asks anew about a network that was changed; what was known stays until the answer is there. */
  async refresh(model: string): Promise<void> {
    this.#forget((key) => key.startsWith(`${model} `) && key !== keyOf(model, null));
    this.#asked.add(keyOf(model, null));
    await this.#ask(model, null);
  }

  /** Forgets networks that are installed no longer: another one may come under the same name. */
  keep(installed: ReadonlySet<string>): void {
    this.#forget((key) => !installed.has(key.slice(0, key.lastIndexOf(' '))));
  }

  #forget(isGone: (key: string) => boolean): void {
    const gone = [...this.#asked].filter(isGone);
    if (gone.length === 0) return;
    const next = new Map(this.#inspections);
    for (const key of gone) {
      this.#asked.delete(key);
      next.delete(key);
    }
    this.#inspections = next;
  }

  async #ask(model: string, size: number | null): Promise<void> {
    const key = keyOf(model, size);
    const inspection = await this.#studio.inspectModel({ model, size }).then(
      (info): Inspection => ({ state: 'known', info }),
      (error: unknown): Inspection => ({ state: 'failed', reason: errorData(error).message }),
    );
    // It may have been removed meanwhile.
    if (this.#asked.has(key)) this.#put(key, inspection);
  }

  #put(key: string, inspection: Inspection): void {
    this.#inspections = new Map(this.#inspections).set(key, inspection);
  }
}

const keyOf = (model: string, size: number | null): string => `${model} ${size ?? 'own'}`;
