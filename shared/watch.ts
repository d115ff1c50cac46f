/**
 * State that windows look on: a stream gives everything first and then what changed since its last value, so that a slow reader
 * misses states but never the latest one, and nothing piles up.
 */
import type { Changes } from './studio/gallery.ts';

/** Wakes whoever waits. */
class Bell {
  #waiting = new Set<() => void>();

  ring(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /** Resolves at the next ring, or when the signal is aborted. */
  wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const wake = (): void => {
        signal?.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal?.addEventListener('abort', wake);
    });
  }
}

/** One value. */
export class Watched<Value> {
  #value: Value;
  #version = 1;
  #closed = false;
  readonly #bell = new Bell();

  constructor(value: Value) {
    this.#value = value;
  }

  get value(): Value {
    return this.#value;
  }

  set(value: Value): void {
    this.#value = value;
    this.#version++;
    this.#bell.ring();
  }

  /** Ends every stream once it has given the latest value. */
  close(): void {
    this.#closed = true;
    this.#bell.ring();
  }

  async *values(signal?: AbortSignal): AsyncGenerator<Value, void, undefined> {
    for (let seen = 0; signal?.aborted !== true;) {
      if (this.#version !== seen) {
        seen = this.#version;
        yield this.#value;
      } else if (this.#closed) return;
      else await this.#bell.wait(signal);
    }
  }
}

/** Items known by an id, read where they are kept. */
export class WatchedItems<Item> {
  readonly #read: (id: string) => Item | undefined;
  readonly #ids: () => Iterable<string>;
  readonly #readers = new Set<{ dirty: Set<string> }>();
  readonly #bell = new Bell();

  constructor(ids: () => Iterable<string>, read: (id: string) => Item | undefined) {
    this.#ids = ids;
    this.#read = read;
  }

  /** To be called after these items have come, changed or gone. */
  touch(...ids: readonly string[]): void {
    for (const { dirty } of this.#readers) for (const id of ids) dirty.add(id);
    if (ids.length > 0) this.#bell.ring();
  }

  async *changes(signal?: AbortSignal): AsyncGenerator<Changes<Item>, void, undefined> {
    const reader = { dirty: new Set(this.#ids()) };
    this.#readers.add(reader);
    try {
      yield this.#take(reader.dirty);
      while (signal?.aborted !== true) {
        if (reader.dirty.size > 0) yield this.#take(reader.dirty);
        else await this.#bell.wait(signal);
      }
    } finally {
      this.#readers.delete(reader);
    }
  }

  #take(dirty: Set<string>): Changes<Item> {
    const ids = [...dirty];
    dirty.clear();
    const changed: Item[] = [];
    const removed: string[] = [];
    for (const id of ids) {
      const item = this.#read(id);
      if (item === undefined) removed.push(id);
      else changed.push(item);
    }
    return { changed, removed };
  }
}
