/** The downloads of the studio: each network at most once, in the background, for every window to watch. */
import type { CatalogueEntry, Download } from '../../../shared/studio/catalogue.ts';
import { plainError } from '../../../shared/errors.ts';
import { WatchedItems } from '../../../shared/watch.ts';
import { log } from '../../log/log.ts';
import { catalogue, networkCalled } from '../../catalogue/catalogue.ts';
import type { DownloadOptions } from '../../catalogue/download.ts';
import type { InstallOptions } from '../../catalogue/install.ts';
import type { CatalogueNetwork } from '../../catalogue/network.ts';
import { obtain } from '../../catalogue/obtain.ts';
import { offerOf } from '../../catalogue/offer.ts';
import { partBytes, partPath } from '../../catalogue/part.ts';
import { rm } from 'node:fs/promises';

export interface DownloadsOptions extends InstallOptions, Pick<DownloadOptions, 'web' | 'disk'> {
  /** What can be downloaded, where it is not the program's own catalogue. */
  readonly networks?: readonly CatalogueNetwork[];
  /** Called after a network has been installed. */
  readonly installed: () => Promise<void>;
  /** Ids of the installed networks. */
  readonly ids: () => Promise<ReadonlySet<string>>;
}

export class Downloads {
  readonly watched: WatchedItems<Download>;
  readonly #options: DownloadsOptions;
  readonly #networks: readonly CatalogueNetwork[];
  readonly #states = new Map<string, Download>();
  readonly #running = new Map<string, { stop: AbortController; done: Promise<void> }>();
  #found: Promise<void> | undefined;

  constructor(options: DownloadsOptions) {
    this.#options = options;
    this.#networks = options.networks ?? catalogue();
    this.watched = new WatchedItems(
      () => this.#states.keys(),
      (id) => this.#states.get(id),
    );
  }

  async entries(): Promise<CatalogueEntry[]> {
    const ids = await this.#options.ids();
    return this.#networks.map((network) => offerOf(network, ids.has(network.id)));
  }

  /** Looks for what earlier sessions left unfinished, once. */
  ready(): Promise<void> {
    return (this.#found ??= this.#find());
  }

  /** @throws ReverieError model/missing */
  async start(id: string): Promise<Download> {
    const network = networkCalled(id, this.#networks);
    await this.ready();
    if (!this.#running.has(id)) {
      const stop = new AbortController();
      const { bytes = 0 } = this.#states.get(id) ?? {};
      const download: Download = { id, bytes, of: network.bytesAbout, state: 'running', error: null };
      this.#set(download);
      this.#running.set(id, { stop, done: this.#run(network, stop.signal) });
    }
    return this.#states.get(id) ?? this.#paused(network, 0);
  }

  /** Pauses a running one, forgets any other. @throws ReverieError model/missing */
  async cancel(id: string): Promise<void> {
    const network = networkCalled(id, this.#networks);
    await this.ready();
    const running = this.#running.get(id);
    if (running !== undefined) {
      running.stop.abort();
      await running.done;
      return;
    }
    await rm(partPath(this.#options.models, network), { force: true });
    this.#states.delete(id);
    this.watched.touch(id);
  }

  /** Pauses all of them. */
  async close(): Promise<void> {
    const running = [...this.#running.values()];
    for (const { stop } of running) stop.abort();
    await Promise.all(running.map(({ done }) => done));
  }

  async #find(): Promise<void> {
    for (const network of this.#networks) {
      const bytes = await partBytes(this.#options.models, network);
      if (bytes !== null) this.#set(this.#paused(network, bytes));
    }
  }

  /** Never rejects: how it ended is the download's state. */
  async #run(network: CatalogueNetwork, signal: AbortSignal): Promise<void> {
    const { id } = network;
    let latest = { bytes: 0, of: network.bytesAbout };
    try {
      for await (latest of obtain(network, { ...this.#options, signal }))
        this.#set({ id, ...latest, state: 'running', error: null });
      await this.#options.installed();
      this.#set({ id, bytes: latest.of, of: latest.of, state: 'done', error: null });
    } catch (error) {
      const bytes = (await partBytes(this.#options.models, network)) ?? 0;
      const failure = plainError(error);
      log.failure('download', `The download of "${id}" stopped`, error);
      if (failure.code === 'job/cancelled') this.#set(this.#paused(network, bytes));
      else this.#set({ id, bytes, of: latest.of, state: 'failed', error: failure });
    } finally {
      this.#running.delete(id);
    }
  }

  #paused({ id, bytesAbout }: CatalogueNetwork, bytes: number): Download {
    return { id, bytes, of: Math.max(bytes, bytesAbout), state: 'paused', error: null };
  }

  #set(download: Download): void {
    this.#states.set(download.id, download);
    this.watched.touch(download.id);
  }
}
