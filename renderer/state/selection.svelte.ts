/** Which pictures of the gallery are chosen, and where the keyboard is. */

export class Selection {
  #chosen = $state.raw<ReadonlySet<string>>(new Set());
  /** Where the keyboard is. */
  cursor = $state<string | null>(null);
  /** The other end of a range. */
  #anchor: string | null = null;

  get size(): number {
    return this.#chosen.size;
  }

  has(id: string): boolean {
    return this.#chosen.has(id);
  }

  /** The chosen ones among those that are there, in their order. */
  of(ids: readonly string[]): readonly string[] {
    return ids.filter((id) => this.#chosen.has(id));
  }

  only(id: string): void {
    this.#chosen = new Set([id]);
    this.cursor = this.#anchor = id;
  }

  toggle(id: string): void {
    const next = new Set(this.#chosen);
    if (!next.delete(id)) next.add(id);
    this.#chosen = next;
    this.cursor = this.#anchor = id;
  }

  /** From the last one chosen alone, to this one. */
  extend(id: string, ids: readonly string[]): void {
    const from = ids.indexOf(this.#anchor ?? id);
    const to = ids.indexOf(id);
    if (from < 0) {
      this.only(id);
      return;
    }
    this.#chosen = new Set(ids.slice(Math.min(from, to), Math.max(from, to) + 1));
    this.cursor = id;
  }

  all(ids: readonly string[]): void {
    this.#chosen = new Set(ids);
  }

  clear(): void {
    this.#chosen = new Set();
    this.#anchor = null;
  }
}
