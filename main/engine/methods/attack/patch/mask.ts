/** Where a patch may be: white in a picture, or a disc in the middle. */
import { reads } from '../../../../../shared/attacks/registry.ts';
import { worksAnywhere } from '../../../../../shared/attacks/settings.ts';
import { ReverieError } from '../../../../../shared/errors.ts';
import type { AttackSettings } from '../../../../../shared/recipes/attack.ts';
import { luma } from '../../../imaging/colour.ts';
import { decodeImage } from '../../../imaging/codec.ts';
import type { Size } from '../../../imaging/pixels.ts';

/** One byte a pixel: 1 inside, 0 outside. */
export type Mask = Uint8Array;

/**
 * The mask of the settings for pictures of `size`; null for attacks without one, and for a patch without a place of its own.
 *
 * @throws ReverieError `usage/option` for a mask of another size, or an empty one
 */
export async function maskFor(settings: AttackSettings, size: Size): Promise<Mask | null> {
  const { method, mask, patchSize } = settings;
  if (!reads(method, 'mask') || worksAnywhere(settings)) return null;
  if (mask === null) return disc(size, patchSize);
  const { inside, size: own } = await readMask(mask);
  if (own.width !== size.width || own.height !== size.height) {
    throw new ReverieError(
      'usage/option',
      `The mask "${mask}" has ${own.width}×${own.height} pixels; it must have the picture's ${size.width}×${size.height}.`,
    );
  }
  return inside;
}

/**
 * What is white in a picture.
 *
 * @throws ReverieError `usage/option` for one that is black
 */
export async function readMask(mask: string): Promise<{ inside: Mask; size: Size }> {
  const { pixels } = await decodeImage(mask);
  const inside = Uint8Array.from(luma(pixels), (grey) => (grey > 0.5 ? 1 : 0));
  if (!inside.includes(1)) {
    throw new ReverieError(
      'usage/option',
      `The mask "${mask}" is black; it must be white where the patch may be.`,
    );
  }
  return { inside, size: { width: pixels.width, height: pixels.height } };
}

/** A disc in the middle, `share` of the shorter side across. */
function disc({ width, height }: Size, share: number): Mask {
  const radius = (share * Math.min(width, height)) / 2;
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const [dx, dy] = [(i % width) - (width - 1) / 2, Math.floor(i / width) - (height - 1) / 2];
    return Math.hypot(dx, dy) <= radius ? 1 : 0;
  });
}
