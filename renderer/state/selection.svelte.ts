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

/** Where a key leads in a grid of so many columns; `undefined` for a key that leads nowhere. */
export function stepInGrid(key: string, index: number, count: number, columns: number): number | undefined {
  const last = count - 1;
  const moves: Partial<Record<string, number>> = {
    ArrowLeft: index - 1,
    ArrowRight: index + 1,
    ArrowUp: index - columns < 0 ? index : index - columns,
    ArrowDown: index + columns > last ? index : index + columns,
    Home: 0,
    End: last,
    PageUp: index - columns * 3,
    PageDown: index + columns * 3,
  };
  const target = moves[key];
  return target === undefined || count === 0 ? undefined : Math.min(Math.max(target, 0), last);
}
