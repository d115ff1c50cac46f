/** Small things that the window remembers by itself from one opening to the next. */

export interface PageStorage {
  load(key: string): unknown;
  save(key: string, value: unknown): void;
}

/** In the browser's storage; where that is full or forbidden, nothing is remembered and nothing breaks. */
export function localPageStorage(storage: Storage, prefix = 'reverie.'): PageStorage {
  return {
    load(key) {
      try {
        const value: unknown = JSON.parse(storage.getItem(prefix + key) ?? 'null');
        return value;
      } catch {
        return null;
      }
    },
    save(key, value) {
      try {
        storage.setItem(prefix + key, JSON.stringify(value));
      } catch {
        return;
      }
    },
  };
}
