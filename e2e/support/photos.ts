/** Test pictures, painted here: soft colours with some detail, the same for the same seed, as any format may hold them. */
import { writeFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';

/** As many pixels across as down make a detail; enough for a network to see something in it. */
const DETAIL = 12;

/** A painting of any size, in pixels, to be encoded as the test needs it. */
export function paint(width: number, height: number, seed = 1): Sharp {
  const columns = Math.max(2, Math.ceil(width / DETAIL));
  const rows = Math.max(2, Math.ceil(height / DETAIL));
  const next = numbers(seed);
  const data = Uint8Array.from({ length: columns * rows * 3 }, () => 40 + Math.floor(next() * 176));
  return sharp(data, { raw: { width: columns, height: rows, channels: 3 } }).resize(width, height, {
    fit: 'fill',
    kernel: 'cubic',
  });
}

/** Writes a painting as a PNG. */
export async function writePhoto(path: string, width = 128, height = 96, seed = 1): Promise<string> {
  await writeFile(path, await paint(width, height, seed).png().toBuffer());
  return path;
}

/** Numbers in [0, 1), the same everywhere (Lehmer's generator with the multiplier of Park and Miller, 1988). */
function numbers(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
