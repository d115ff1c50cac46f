/**
 * Loaded networks by path, as long as nothing about their files changes. Those used last are kept while their weights fit into
 * a budget, the newest always: ensembles, transfers and surrogates go from one to the other and back.
 */
import { stat } from 'node:fs/promises';
import { cardPath } from '../card-file.ts';
import { loadModel, prototxtPath } from '../load.ts';
import type { Model } from '../model.ts';

/** Memory that the weights of loaded networks may take together, in bytes; VGG-16 alone needs twice as much. */
const CACHE_BUDGET = 256 * 2 ** 20;

interface Place {
  readonly stamp: string;
  readonly model: Promise<Model>;
  /** Of its weights; 0 until it is loaded. */
  bytes: number;
}

export class ModelCache {
  readonly #budget: number;
  /** Least recently used first. */
  readonly #places = new Map<string, Place>();

  constructor(budget = CACHE_BUDGET) {
    this.#budget = budget;
  }

  /** @throws ReverieError as {@link loadModel} */
  async load(path: string): Promise<Model> {
    const stamp = await stampOf(path);
    const kept = this.#places.get(path);
    const place = kept?.stamp === stamp ? kept : { stamp, model: loadModel(path), bytes: 0 };
    this.#places.delete(path);
    this.#places.set(path, place);
    try {
      const model = await place.model;
      place.bytes = 4 * model.parameters;
      this.#makeRoom();
      return model;
    } catch (error) {
      if (this.#places.get(path) === place) this.#places.delete(path);
      throw error;
    }
  }

  /** Forgets the networks that were not used for longest, but never the newest. */
  #makeRoom(): void {
    let total = 0;
    for (const { bytes } of this.#places.values()) total += bytes;
    for (const [path, { bytes }] of this.#places) {
      if (total <= this.#budget || this.#places.size === 1) return;
      this.#places.delete(path);
      total -= bytes;
    }
  }
}

/** When a network, its card and its description were last changed. */
async function stampOf(path: string): Promise<string> {
  const times = [path, cardPath(path), prototxtPath(path)].map((file) =>
    stat(file).then(
      ({ mtimeMs, size }) => `${mtimeMs} ${size}`,
      () => 'none',
    ),
  );
  return (await Promise.all(times)).join();
}
