/** The state of a dream in a file, exact to the bit: a line of JSON, then the samples as float32. */
import { open, type FileHandle } from 'node:fs/promises';
import type { Checkpointing } from '../../../../shared/methods/request.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import { parseTiles } from '../../../../shared/recipes/recipe.ts';
import type { TileChange } from '../../../../shared/recipes/recipe-form.ts';
import { isRecord } from '../../../../shared/schema.ts';
import { writeAtomically } from '../../../files/whole-file.ts';
import { decodeImage } from '../../imaging/codec.ts';
import { pixelsFrom, type Pixels } from '../../imaging/pixels.ts';
import { CheckpointPace } from '../common/checkpoint-pace.ts';
import type { DreamState } from './dream.ts';
import type { Tiling } from './tiling.ts';

const MAGIC = 'reverie-checkpoint-1 ';
/** More bytes than the first line ever has: a change of tiles takes some 30, and there are few. */
const LONGEST_LINE = 2 ** 16;

/** Writes the state of a running dream: now and then, and when it is left. */
export class DreamKeeper {
  readonly #checkpoint: Checkpointing | null;
  readonly #tiling: Tiling;
  readonly #before: () => Promise<void>;
  readonly #pace: CheckpointPace;
  #latest: DreamState | undefined;

  /** @param before what has to be on the disk before a state */
  constructor(checkpoint: Checkpointing | null, tiling: Tiling, before: () => Promise<void>) {
    this.#checkpoint = checkpoint;
    this.#tiling = tiling;
    this.#before = before;
    this.#pace = new CheckpointPace(checkpoint?.everyMs ?? Infinity);
  }

  /** The picture has changed: until what belongs to the step is written, too, there is no whole state. */
  unsettle(): void {
    this.#latest = undefined;
  }

  async keep(state: DreamState): Promise<void> {
    this.#latest = state;
    if (this.#pace.due) await this.flush();
  }

  /** Brings the checkpoint up to the latest step. */
  async flush(): Promise<void> {
    const latest = this.#latest;
    await this.#pace.write(async () => {
      await this.#before();
      if (this.#checkpoint === null || latest === undefined) return;
      await writeCheckpoint(this.#checkpoint.path, latest, this.#tiling);
    });
    this.#latest = undefined;
  }
}

/** Replaces the checkpoint in one step: there is always a whole one. The samples are written from where they are. */
async function writeCheckpoint(
  path: string,
  { octave, step, picture: { width, height, data } }: DreamState,
  { wished, changes }: Pick<Tiling, 'wished' | 'changes'>,
): Promise<void> {
  const facts = { octave, step, width, height, tile: wished, tiles: changes };
  const samples = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  await writeAtomically(path, [`${MAGIC}${JSON.stringify(facts)}\n`, samples]);
}

/** A picture to go on from; from a checkpoint with the tiles of the steps before. */
export interface Start {
  readonly picture: Pixels;
  readonly tiles?: { readonly wished: number; readonly changes: readonly TileChange[] };
}

/**
 * The picture to go on from: that of a checkpoint, or any picture file.
 *
 * @throws ReverieError `image/unreadable` for a damaged checkpoint, and as `decodeImage`
 */
export async function readStart(path: string): Promise<Start> {
  const file = await open(path).catch(() => undefined);
  try {
    const line = Buffer.alloc(LONGEST_LINE);
    const read = (await file?.read(line, 0, LONGEST_LINE, 0))?.bytesRead ?? 0;
    if (file !== undefined && line.toString('latin1', 0, Math.min(read, MAGIC.length)) === MAGIC)
      return await readCheckpoint(file, line.subarray(0, read));
  } catch (cause) {
    throw new ReverieError('image/unreadable', `The checkpoint "${path}" is damaged.`, {}, { cause });
  } finally {
    await file?.close();
  }
  return { picture: (await decodeImage(path)).pixels };
}

/** Throws whatever it stumbles on in a file that is damaged. */
async function readCheckpoint(file: FileHandle, beginning: Buffer): Promise<Start> {
  const end = beginning.indexOf('\n');
  const header: unknown = JSON.parse(beginning.toString('utf8', MAGIC.length, end));
  const { width, height, tile, tiles } = isRecord(header) ? header : {};
  if (typeof width !== 'number' || typeof height !== 'number') throw new TypeError('no size');
  const bytes = 12 * width * height;
  if ((await file.stat()).size !== end + 1 + bytes) throw new TypeError('cut off');
  const data = new Float32Array(bytes / 4);
  for (let at = 0; at < bytes;) {
    const { bytesRead } = await file.read(new Uint8Array(data.buffer), at, bytes - at, end + 1 + at);
    if (bytesRead === 0) throw new TypeError('cut off');
    at += bytesRead;
  }
  const picture = pixelsFrom(width, height, data);
  // The first version kept no tiles.
  if (typeof tile !== 'number') return { picture };
  return { picture, tiles: { wished: tile, changes: parseTiles(tiles) } };
}
