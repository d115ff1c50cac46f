/** The state of a dream in a file, exact to the bit: a line of JSON, then the samples as float32. */
import { readFile } from 'node:fs/promises';
import { ReverieError } from '../../../shared/errors.ts';
import { decodeImage } from '../imaging/codec.ts';
import { writeAtomically } from '../imaging/output-file.ts';
import { pixelsFrom, type Pixels } from '../imaging/pixels.ts';
import type { DreamState } from './dream.ts';

const MAGIC = 'reverie-checkpoint-1 ';

/** Replaces the checkpoint in one step: there is always a whole one. */
export async function writeCheckpoint(path: string, { octave, step, picture }: DreamState): Promise<void> {
  const { width, height, data } = picture;
  const header = Buffer.from(`${MAGIC}${JSON.stringify({ octave, step, width, height })}\n`);
  await writeAtomically(
    path,
    Buffer.concat([header, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]),
  );
}

/**
 * The picture to go on from: that of a checkpoint, or any picture file.
 *
 * @throws ReverieError `image/unreadable` for a damaged checkpoint, and as `decodeImage`
 */
export async function readStart(path: string): Promise<Pixels> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes?.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) return (await decodeImage(path)).pixels;
  const end = bytes.indexOf('\n');
  const refuse = (): never => {
    throw new ReverieError('image/unreadable', `The checkpoint "${path}" is damaged.`);
  };
  if (end < 0) return refuse();
  const { width, height } = parseHeader(bytes.subarray(MAGIC.length, end).toString()) ?? refuse();
  const samples = bytes.subarray(end + 1);
  if (samples.length !== 12 * width * height) return refuse();
  return pixelsFrom(width, height, new Float32Array(Uint8Array.from(samples).buffer));
}

function parseHeader(text: string): { width: number; height: number } | undefined {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || !('width' in value) || !('height' in value))
    return undefined;
  const { width, height } = value;
  return typeof width === 'number' && typeof height === 'number' ? { width, height } : undefined;
}
