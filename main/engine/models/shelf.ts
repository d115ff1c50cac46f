/** Loaded networks by path, as long as nothing about their files changes. The one used last is kept. */
import { stat } from 'node:fs/promises';
import { cardPath } from './card-file.ts';
import { loadModel, prototxtPath } from './load.ts';
import type { Model } from './model.ts';

export class Shelf {
  #path = '';
  #stamp = '';
  #model: Promise<Model> | undefined;

  /** @throws ReverieError as {@link loadModel} */
  async load(path: string): Promise<Model> {
    const stamp = await stampOf(path);
    if (this.#model !== undefined && this.#path === path && this.#stamp === stamp) return this.#model;
    const model = loadModel(path);
    this.#path = path;
    this.#stamp = stamp;
    this.#model = model;
    model.catch(() => {
      if (this.#model === model) this.#model = undefined;
    });
    return model;
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
