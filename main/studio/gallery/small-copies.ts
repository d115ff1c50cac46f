/** Small JPEG copies of pictures, made when first asked for and kept on disk until the picture changes. */
import { mkdir, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { convertImage, encodeJpeg } from '../../engine/imaging/codec.ts';
import { writeAtomically } from '../../files/whole-file.ts';
import type { Pixels } from '../../engine/imaging/pixels.ts';

/** No side of a small copy is longer, in pixels: a tile of the gallery at twice the density of the screen. */
export const SMALL_SIDE = 384;

const QUALITY = 82;

/** Decoding takes all the memory of a picture, so not many at a time. */
const AT_ONCE = 2;

export class SmallCopies {
  readonly #making = new Map<string, Promise<void>>();
  #free = AT_ONCE;
  readonly #waiting: (() => void)[] = [];

  /** Sees to it that `target` is a small copy of `source`. @throws ReverieError image/missing, image/unreadable, image/size */
  async ensure(source: string, target: string): Promise<void> {
    if (await isFresh(source, target)) return;
    const making = this.#making.get(target) ?? this.#make(source, target);
    this.#making.set(target, making);
    await making.finally(() => this.#making.delete(target));
  }

  async #make(source: string, target: string): Promise<void> {
    while (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#free--;
    try {
      // Before it is read: what comes later has a later date.
      const { mtime } = await stat(source).catch(() => ({ mtime: new Date() }));
      const jpeg = await convertImage(source, 'jpeg', { maxSide: SMALL_SIDE, quality: QUALITY });
      await write(jpeg, target, mtime);
    } finally {
      this.#free++;
      // The latest first: that is what somebody looks at now, who has scrolled past the others.
      this.#waiting.pop()?.();
    }
  }
}

/** @param pixels Of `source`, already small. */
export async function writeSmallCopy(pixels: Pixels, source: string, target: string): Promise<void> {
  const { mtime } = await stat(source);
  await write(await encodeJpeg(pixels, { quality: QUALITY }), target, mtime);
}

async function write(jpeg: Uint8Array, target: string, date: Date): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await writeAtomically(target, jpeg);
  await utimes(target, date, date);
}

/** A copy has the date of its picture: one of another date shows another picture of the same name, earlier or later. */
async function isFresh(source: string, target: string): Promise<boolean> {
  try {
    const [original, copy] = await Promise.all([stat(source), stat(target)]);
    // File systems keep dates in steps of their own.
    return Math.abs(copy.mtimeMs - original.mtimeMs) < 10;
  } catch {
    return false;
  }
}
