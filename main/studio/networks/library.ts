/** The installed networks: those that came with Reverie, and those in the user's folder. */
import type { EngineApi } from '../../../shared/contract.ts';
import type { EditModelRequest, GivenFile, ImportedModel } from '../../../shared/contract/models.ts';
import { NO_CHANGES } from '../../../shared/contract/network-card.ts';
import { ReverieError } from '../../../shared/errors.ts';
import { didYouMean } from '../../../shared/nearest.ts';
import type { InstalledModel } from '../../../shared/studio/models.ts';
import { WatchedItems } from '../../../shared/watch.ts';

interface LibraryOptions {
  readonly engine: Pick<EngineApi, 'listModels' | 'importModel' | 'editModel' | 'filesOfModel'>;
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

  /** Ids of what is known so far, without asking the engine. */
  get known(): readonly string[] {
    return [...this.#models.keys()];
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
   * Installs a network, once the engine has been able to read it.
   * @param companions What was given with it: its card, prototxt, weights, names of classes.
   */
  async add(file: GivenFile, companions: readonly GivenFile[]): Promise<ImportedModel> {
    await this.ready();
    const { model, recognised } = await this.#options.engine.importModel({
      file,
      companions,
      changes: NO_CHANGES,
    });
    await this.#refresh();
    return { model: await this.require(model.id), recognised };
  }

  /** @throws ReverieError model/missing, model/shipped, model/no-labels, usage/option */
  async edit(request: EditModelRequest): Promise<InstalledModel> {
    await this.require(request.model);
    await this.#options.engine.editModel(request);
    await this.#refresh();
    return this.require(request.model);
  }

  /** @throws ReverieError model/missing, model/shipped */
  async remove(id: string): Promise<void> {
    await this.require(id);
    const { paths } = await this.#options.engine.filesOfModel({ model: id });
    for (const path of paths) await this.#options.trash(path);
    await this.#refresh();
  }

  async #refresh(): Promise<void> {
    const { models } = await this.#options.engine.listModels();
    const before = [...this.#models.keys()];
    this.#models = new Map(models.map((model) => [model.id, model]));
    this.watched.touch(...new Set([...before, ...this.#models.keys()]));
  }

  #withDefault(model: InstalledModel | undefined): InstalledModel | undefined {
    if (model === undefined || this.#default === null || !this.#models.has(this.#default)) return model;
    return { ...model, default: model.id === this.#default };
  }
}
