/** The installed networks: those that came with Reverie, and those in the user's folder. */
import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { extname, join } from 'node:path';
import type { EngineApi } from '../../shared/contract.ts';
import { ReverieError } from '../../shared/errors.ts';
import { didYouMean } from '../../shared/nearest.ts';
import type { InstalledModel } from '../../shared/studio/models.ts';
import { freeName, tidyName } from './file-names.ts';
import { WatchedItems } from '../../shared/watch.ts';

export const NETWORK_EXTENSIONS: ReadonlySet<string> = new Set(['.onnx']);

export interface LibraryOptions {
  /** The user's networks. */
  readonly folder: string;
  readonly engine: Pick<EngineApi, 'listModels' | 'inspectModel'>;
  readonly trash: (path: string) => Promise<void>;
}

export class Library {
  readonly watched: WatchedItems<InstalledModel>;
  readonly #options: LibraryOptions;
  #models = new Map<string, InstalledModel>();
  #default: string | null = null;
  #read: Promise<void> | undefined;

  constructor(options: LibraryOptions) {
    this.#options = options;
    this.watched = new WatchedItems(
      () => this.#models.keys(),
      (id) => this.#withDefault(this.#models.get(id)),
    );
  }

  /** Asks the engine what is installed, once; later calls give what is known. */
  ready(): Promise<void> {
    this.#read ??= this.#refresh().catch((error: unknown) => {
      this.#read = undefined;
      throw error;
    });
    return this.#read;
  }

  /** Looks again at what is installed, after others have changed it. */
  rescan(): Promise<void> {
    this.#read = this.#refresh();
    return this.#read;
  }

  async ids(): Promise<ReadonlySet<string>> {
    await this.ready();
    return new Set(this.#models.keys());
  }

  /** The network that is used when none is named; `null` for the engine's own choice. */
  set default(id: string | null) {
    this.#default = id;
    this.watched.touch(...this.#models.keys());
  }

  /** @throws ReverieError model/missing */
  async require(id: string): Promise<InstalledModel> {
    await this.ready();
    const model = this.#withDefault(this.#models.get(id));
    if (model !== undefined) return model;
    const hint = didYouMean(id, this.#models.keys());
    throw new ReverieError('model/missing', `There is no installed network "${id}".${hint}`);
  }

  /**
   * Installs a network from a file, once the engine has been able to read it.
   * @param name What the file is called.
   * @param card Path of the JSON file that says how pictures become its input, if there is one.
   */
  async add(path: string, name: string, card?: string): Promise<InstalledModel> {
    await this.ready();
    const { stem, extension } = tidyName(name);
    const id = freeName(stem, '', (taken) =>
      [...this.#models.keys()].some((known) => known.toLowerCase() === taken),
    );
    const { folder, engine } = this.#options;
    const waiting = join(folder, `.${randomUUID()}`);
    const files = [`${id}${extension}`, ...(card === undefined ? [] : [`${id}.json`])];
    await mkdir(waiting);
    try {
      for (const [index, from] of [path, ...(card === undefined ? [] : [card])].entries())
        await copyFile(from, join(waiting, files[index] ?? ''), constants.COPYFILE_FICLONE);
      await engine.inspectModel({ model: join(waiting, `${id}${extension}`), size: null });
      // The card first: a network without it would be preprocessed by a guess.
      for (const file of files.toReversed()) await rename(join(waiting, file), join(folder, file));
    } finally {
      await rm(waiting, { recursive: true, force: true });
    }
    await this.#refresh();
    return await this.require(id);
  }

  /** @throws ReverieError model/missing, model/shipped */
  async remove(id: string): Promise<void> {
    const { shipped } = await this.require(id);
    if (shipped) throw new ReverieError('model/shipped', `"${id}" came with Reverie and stays.`);
    for (const file of await this.#filesOf(id)) await this.#options.trash(join(this.#options.folder, file));
    await this.#refresh();
  }

  async #refresh(): Promise<void> {
    const { models } = await this.#options.engine.listModels();
    const listed = await Promise.all(
      models.map(async (model) => ({ ...model, shipped: (await this.#filesOf(model.id)).length === 0 })),
    );
    const before = [...this.#models.keys()];
    this.#models = new Map(listed.map((model) => [model.id, model]));
    this.watched.touch(...new Set([...before, ...this.#models.keys()]));
  }

  /** The network's file and its card, in the user's folder. */
  async #filesOf(id: string): Promise<string[]> {
    const names = await readdir(this.#options.folder);
    const network = names.find(
      (name) => NETWORK_EXTENSIONS.has(extname(name)) && name === `${id}${extname(name)}`,
    );
    return network === undefined ? [] : [network, ...names.filter((name) => name === `${id}.json`)];
  }

  #withDefault(model: InstalledModel | undefined): InstalledModel | undefined {
    if (model === undefined || this.#default === null || !this.#models.has(this.#default)) return model;
    return { ...model, default: model.id === this.#default };
  }
}
