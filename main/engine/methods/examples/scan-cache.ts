/**
 * What layers answered to photos, kept on disk: a file for each photo and layer, found by the contents of the photo and of the
 * network. A scan that was broken off goes on where it stopped, and a unit that is asked for later costs no computation.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../../../files/whole-file.ts';
import type { Name } from '../../graph/graph.ts';
import type { PictureShape } from '../../models/card.ts';
import type { Response } from './scan-program.ts';
import { sha256 } from '../../../files/sha256.ts';

/** Changes with the layout, and with what is stored: files of another version are made anew. */
const VERSION = 2;
/** Version, channels, width and height of the grid: 32-bit words. */
const HEADER = 4;

export class ScanCache {
  readonly #folder: string;
  readonly #layers: ReadonlyMap<Name, string>;

  /** @param network its SHA-256. @param shape of the pictures that the network sees */
  constructor(root: string, network: string, { width, height }: PictureShape, tensors: readonly Name[]) {
    this.#folder = join(root, network.slice(0, 32), width === height ? String(width) : `${width}x${height}`);
    this.#layers = new Map(tensors.map((tensor) => [tensor, sha256(tensor).slice(0, 16)]));
  }

  /** What is known of a photo, by the hash of its contents; `undefined` unless it is known of every layer. */
  async read(photo: string, tensors: readonly Name[]): Promise<Response[] | undefined> {
    const files = await Promise.all(
      tensors.map((tensor) => readFile(this.#path(photo, tensor)).then(decode, () => undefined)),
    );
    const responses = files.filter((file) => file !== undefined);
    return responses.length === tensors.length ? responses : undefined;
  }

  async write(photo: string, tensors: readonly Name[], responses: readonly Response[]): Promise<void> {
    for (const [i, tensor] of tensors.entries()) {
      const response = responses[i];
      if (response === undefined) continue;
      await mkdir(this.#folderOf(tensor), { recursive: true });
      // Answered anew where a loss of power leaves none.
      await writeAtomically(this.#path(photo, tensor), encode(response), { flush: false });
    }
  }

  #folderOf(tensor: Name): string {
    return join(this.#folder, this.#layers.get(tensor) ?? sha256(tensor).slice(0, 16));
  }

  #path(photo: string, tensor: Name): string {
    return join(this.#folderOf(tensor), photo.slice(0, 32));
  }
}

function encode({ width, height, peaks, places }: Response): Uint8Array {
  const words = new Uint32Array(HEADER + 2 * peaks.length);
  words.set([VERSION, peaks.length, width, height]);
  words.set(new Uint32Array(peaks.buffer, peaks.byteOffset, peaks.length), HEADER);
  words.set(places, HEADER + peaks.length);
  return new Uint8Array(words.buffer);
}

/** Every machine that Reverie runs on stores the low byte first. */
function decode(file: Uint8Array): Response | undefined {
  if (file.length % 4 !== 0 || file.length < 4 * HEADER) return undefined;
  const words = new Uint32Array(file.slice().buffer);
  const [version, channels = 0, width = 0, height = 0] = words;
  if (version !== VERSION || words.length !== HEADER + 2 * channels) return undefined;
  return {
    width,
    height,
    peaks: new Float32Array(words.buffer, 4 * HEADER, channels),
    places: words.slice(HEADER + channels),
  };
}
