/** What has come of a download, on the disk: it is only ever appended to, thrown away, or taken whole. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ReverieError } from '../../shared/errors.ts';
import type { CatalogueNetwork } from './network.ts';

/** The little of a file system that a download needs. */
export interface Disk {
  /** How many bytes a folder has room for. */
  free(folder: string): Promise<number>;
  /** A file at whose end can be written. */
  append(path: string): Promise<Appending>;
}

interface Appending {
  /** Writes all of it. */
  write(bytes: Uint8Array): Promise<void>;
  /** Once this has resolved, what was written survives a loss of power. */
  close(): Promise<void>;
}

export const disk: Disk = {
  async free(folder) {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
  async append(path) {
    const file = await open(path, 'a');
    return {
      write: (bytes) => file.appendFile(bytes),
      async close() {
        try {
          await file.sync();
        } finally {
          await file.close();
        }
      },
    };
  },
};

/** Where the unfinished downloads of a folder of networks lie. */
export function partsFolder(models: string): string {
  return join(models, '.downloads');
}

/** The file that a download grows in, named by what it must become. @param models Folder of networks. */
export function partPath(models: string, { sha256 }: Pick<CatalogueNetwork, 'sha256'>): string {
  return join(partsFolder(models), `${sha256}.part`);
}

/** The path, once there is a folder for it. @throws ReverieError output/unwritable */
export async function makePlace(models: string, network: Pick<CatalogueNetwork, 'sha256'>): Promise<string> {
  const path = partPath(models, network);
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw unwritable(path, error);
  });
  return path;
}

/** How much of a network has come, in bytes; `null` when none of it has been asked for. */
export async function partBytes(
  models: string,
  network: Pick<CatalogueNetwork, 'sha256'>,
): Promise<number | null> {
  return stat(partPath(models, network)).then(
    ({ size }) => size,
    () => null,
  );
}

/** An open download. */
export class Part {
  readonly path: string;
  readonly #disk: Disk;
  readonly #name: string;
  #bytes: number;
  #came = false;
  #file: Appending | undefined;

  private constructor(path: string, name: string, bytes: number, on: Disk) {
    this.path = path;
    this.#name = name;
    this.#bytes = bytes;
    this.#disk = on;
  }

  static async open(models: string, network: CatalogueNetwork, on: Disk): Promise<Part> {
    return new Part(partPath(models, network), network.short, (await partBytes(models, network)) ?? 0, on);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether anything has come since it was opened. */
  get came(): boolean {
    return this.#came;
  }

  /** @throws ReverieError download/space when there is no room for so many more bytes */
  async checkRoom(more: number): Promise<void> {
    const free = await this.#disk.free(dirname(this.path));
    if (free < more) throw this.#full(`${mebibytes(more)} are needed, and ${mebibytes(free)} are free`);
  }

  /** What was written before stays when this fails. @throws ReverieError download/space, output/unwritable */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      this.#file ??= await this.#disk.append(this.path);
      await this.#file.write(bytes);
      this.#bytes += bytes.length;
      this.#came = true;
    } catch (error) {
      // Some of it may have been written.
      await this.close().catch(() => undefined);
      throw this.#explained(error);
    }
  }

  /** Forgets what has come. */
  async discard(): Promise<void> {
    await this.close().catch(() => undefined);
    await rm(this.path, { force: true });
    this.#bytes = 0;
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch((error: unknown) => {
      throw this.#explained(error);
    });
  }

  /** Of what is on the disk. */
  async sha256(signal: AbortSignal | undefined): Promise<string> {
    await this.close();
    const hash = createHash('sha256');
    await pipeline(createReadStream(this.path), hash, signal === undefined ? {} : { signal });
    return hash.digest('hex');
  }

  #explained(error: unknown): ReverieError {
    if (isFull(error)) return this.#full('it can go on once there is room', error);
    return unwritable(this.path, error);
  }

  #full(more: string, cause?: unknown): ReverieError {
    return new ReverieError(
      'download/space',
      `The disk has no room for ${this.#name}: ${more}.`,
      {},
      { cause },
    );
  }
}

function unwritable(path: string, cause: unknown): ReverieError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ReverieError(
    'output/unwritable',
    `"${path}" cannot be written: ${reason}.`,
    { path },
    { cause },
  );
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
