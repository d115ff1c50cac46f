/** The state of a dream in a file, exact to the bit: a line of JSON, then the samples as float32. */
import { readFile } from 'node:fs/promises';
import { ReverieError } from '../../../../shared/errors.ts';
import { parseTiles, type TileChange } from '../../../../shared/recipes/recipe.ts';
import { decodeImage } from '../../imaging/codec.ts';
import { writeAtomically } from '../../../files/whole-file.ts';
import { pixelsFrom, type Pixels } from '../../imaging/pixels.ts';
import type { DreamState } from './dream.ts';
import type { Tiling } from './tiling.ts';

const MAGIC = 'reverie-checkpoint-1 ';

/** Replaces the checkpoint in one step: there is always a whole one. */
export async function writeCheckpoint(
  path: string,
  { octave, step, picture }: DreamState,
  { wished, changes }: Pick<Tiling, 'wished' | 'changes'>,
): Promise<void> {
  const { width, height, data } = picture;
  const facts = { octave, step, width, height, tile: wished, tiles: changes };
  const header = Buffer.from(`${MAGIC}${JSON.stringify(facts)}\n`);
  await writeAtomically(
    path,
    Buffer.concat([header, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]),
  );
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
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes?.subarray(0, MAGIC.length).toString('latin1') !== MAGIC)
    return { picture: (await decodeImage(path)).pixels };
  const end = bytes.indexOf('\n');
  const refuse = (): never => {
    throw new ReverieError('image/unreadable', `The checkpoint "${path}" is damaged.`);
  };
  if (end < 0) return refuse();
  const { width, height, tiles } = parseHeader(bytes.subarray(MAGIC.length, end).toString()) ?? refuse();
  const samples = bytes.subarray(end + 1);
  if (samples.length !== 12 * width * height) return refuse();
  const picture = pixelsFrom(width, height, new Float32Array(Uint8Array.from(samples).buffer));
  return { picture, ...(tiles === undefined ? {} : { tiles }) };
}

function parseHeader(text: string): ({ width: number; height: number } & Pick<Start, 'tiles'>) | undefined {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || !('width' in value) || !('height' in value))
    return undefined;
  const { width, height } = value;
  if (typeof width !== 'number' || typeof height !== 'number') return undefined;
  if (!('tile' in value) || typeof value.tile !== 'number' || !('tiles' in value)) return { width, height };
  return { width, height, tiles: { wished: value.tile, changes: parseTiles(value.tiles) } };
}
