/** The sizes a dream is grown at, from small to full. */
import { DREAM_LONGER_SIDE } from '../../../../shared/recipes/dream.ts';
import type { Size } from '../../imaging/pixels.ts';
import { fitLonger } from '../../imaging/resample.ts';

/** The size of a dream's result. @param longer its longer side as asked for; null for the picture's own, if it is not too large */
export function dreamSize(picture: Size, longer: number | null): Size {
  return fitLonger(picture, longer ?? Math.min(Math.max(picture.width, picture.height), DREAM_LONGER_SIDE));
}

/**
 * Sizes of the octaves, each `scale` times the one before, ending in `full`. Those with a side under `smallest` are left
 * out, because the network could not see them; so are repetitions, which tiny pictures lead to.
 */
export function octaveSizes(full: Size, octaves: number, scale: number, smallest: number): Size[] {
  const sizes: Size[] = [];
  for (let i = octaves - 1; i >= 0; i--) {
    const factor = scale ** -i;
    const size = { width: Math.round(full.width * factor), height: Math.round(full.height * factor) };
    const last = sizes.at(-1);
    if (Math.min(size.width, size.height) < smallest) continue;
    if (last?.width === size.width && last.height === size.height) continue;
    sizes.push(size);
  }
  return sizes;
}
