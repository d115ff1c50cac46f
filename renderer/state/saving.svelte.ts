/** Something that the user saves: whether it is under way, why it did not work, and the name that it got. */
import type { Host, Saveable } from '../host/host.ts';
import { Action } from './action.svelte.ts';

export class Saving extends Action {
  /** Once it has been saved under a name that is known. */
  name = $state<string | null>(null);
  readonly #host: Pick<Host, 'save'>;

  constructor(host: Pick<Host, 'save'>) {
    super();
    this.#host = host;
  }

  /** Keeps a failure in `error`. */
  async save(...items: readonly Saveable[]): Promise<void> {
    await this.saveMade(() => Promise.resolve(items));
  }

  /** The same for what has to be made first; nothing is saved when that failed or made nothing. */
  async saveMade(make: () => Promise<readonly Saveable[] | undefined>): Promise<void> {
    this.name = null;
    const name = await this.run(async () => {
      const items = await make();
      return items === undefined ? null : this.#host.save(items);
    });
    this.name = name ?? null;
  }
}
