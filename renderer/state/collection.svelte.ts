/** A list that the studio keeps and the window mirrors. */
import type { Changes } from '../../shared/studio/gallery.ts';

export class Collection<Item extends { id: string }> {
  #byId = $state.raw<ReadonlyMap<string, Item>>(new Map());
  /** Whether the first value has come: before that, an empty list means nothing. */
  loaded = $state(false);

  /** `first`: these are all the items there are. */
  take({ changed, removed }: Changes<Item>, first: boolean): void {
    const next = new Map(first ? [] : this.#byId);
    for (const id of removed) next.delete(id);
    for (const item of changed) next.set(item.id, item);
    this.#byId = next;
    this.loaded = true;
  }

  get size(): number {
    return this.#byId.size;
  }

  get all(): readonly Item[] {
    return [...this.#byId.values()];
  }

  get(id: string | null): Item | undefined {
    return id === null ? undefined : this.#byId.get(id);
  }
}
