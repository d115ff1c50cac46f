/** The catalogue of networks and what is being downloaded of it. Looking at it contacts nobody but the studio itself. */
import { errorData } from '../../shared/errors.ts';
import type { CatalogueEntry, Download } from '../../shared/studio/catalogue.ts';
import type { Studio } from '../../shared/studio/contract.ts';
import { Collection } from './collection.svelte.ts';
import { follow, type Line } from './follow.ts';

type Calls = Pick<Studio, 'catalogue' | 'download' | 'cancelDownload' | 'downloads'>;

/** How far one is with a network of the catalogue; `part`: of the download, from 0 to 1. */
type Standing =
  | { readonly state: 'offered' }
  | { readonly state: 'installed' }
  | {
      readonly state: 'running' | 'paused' | 'failed';
      readonly part: number;
      readonly bytes: number;
      /** Why it failed. */
      readonly reason: string | null;
    };

/** @param installed whether a network of its id is among the installed ones */
export function standingOf(download: Download | undefined, installed: boolean): Standing {
  if (installed) return { state: 'installed' };
  // What was installed and then removed can be had again.
  if (download === undefined || download.state === 'done') return { state: 'offered' };
  const { state, bytes, of, error } = download;
  const part = of > 0 ? Math.min(1, bytes / of) : 0;
  return { state, part, bytes, reason: error?.message ?? null };
}

export class Catalogue {
  entries = $state.raw<readonly CatalogueEntry[]>([]);
  /** Why the list, or what was asked for last, is not there. */
  error = $state<string | null>(null);
  readonly downloads = new Collection<Download>();
  readonly #studio: Calls;

  constructor(line: Line & { readonly studio: Calls }) {
    this.#studio = line.studio;
    line.onConnection((connection) => {
      if (connection === 'open' && this.entries.length === 0) void this.#read();
    });
    follow(
      line,
      () => line.studio.downloads(),
      (changes, first) => this.downloads.take(changes, first),
    );
  }

  get(id: string | null): CatalogueEntry | undefined {
    return this.entries.find((entry) => entry.id === id);
  }

  /** Downloads, verifies and installs; goes on with one that was paused or failed. */
  async download(id: string): Promise<void> {
    await this.#try(() => this.#studio.download({ id }));
  }

  /** Stops a download and keeps what has come. */
  async pause(id: string): Promise<void> {
    await this.#try(() => this.#studio.cancelDownload({ id }));
  }

  /** Stops a download and throws away what has come. */
  async cancel(id: string): Promise<void> {
    if (this.downloads.get(id)?.state === 'running') await this.pause(id);
    await this.#try(() => this.#studio.cancelDownload({ id }));
  }

  async #read(): Promise<void> {
    await this.#try(async () => {
      this.entries = await this.#studio.catalogue();
    });
  }

  async #try(work: () => Promise<unknown>): Promise<void> {
    this.error = null;
    try {
      await work();
    } catch (error) {
      this.error = errorData(error).message;
    }
  }
}
