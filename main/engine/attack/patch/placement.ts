/** Where a patch lies on what a network sees, how large, and how it is turned (Brown et al. 2017). */
import { chain, rotation, shift, stretch, type Affine } from '../../ascent/affine.ts';
import type { Random } from '../../ascent/random.ts';

/** Degrees to either side, as in the publication. */
const TURN = 22.5;

/** Patches are up to so much larger or smaller than they are asked for. */
export const SPREAD = 1.25;

export interface Extent {
  readonly width: number;
  readonly height: number;
}

export interface Placement {
  /** The place of the patch's centre, counted from the first pixel's centre. */
  readonly x: number;
  readonly y: number;
  /** Pixels of the canvas to one of the patch. */
  readonly factor: number;
  /** Degrees. */
  readonly angle: number;
}

/** Whole pixels, without `right` and `bottom` themselves. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Anywhere that the whole patch fits, each place as likely.
 *
 * @param seen size of what the network sees
 * @param share of its shorter side that the patch's longer side takes, before it varies
 */
export function drawPlacement(patch: Extent, seen: Extent, share: number, next: Random): Placement {
  const angle = TURN * (2 * next() - 1);
  const wanted =
    (share * Math.min(seen.width, seen.height) * SPREAD ** (2 * next() - 1)) /
    Math.max(patch.width, patch.height);
  const [across, down] = reach(patch, angle);
  const factor = Math.min(wanted, seen.width / across, seen.height / down);
  const place = (length: number, most: number): number =>
    (factor * length) / 2 - 0.5 + next() * (most - factor * length);
  return { x: place(across, seen.width), y: place(down, seen.height), factor, angle };
}

/** Width and height of the upright box around a turned patch, in pixels of the patch. */
function reach({ width, height }: Extent, angle: number): readonly [across: number, down: number] {
  const [c, s] = [Math.abs(Math.cos((angle * Math.PI) / 180)), Math.abs(Math.sin((angle * Math.PI) / 180))];
  return [c * width + s * height, s * width + c * height];
}

/** From pixels of the canvas to those of the patch. */
export function mapOf({ x, y, factor, angle }: Placement, { width, height }: Extent): Affine {
  return chain(
    shift(-x, -y),
    rotation(-angle),
    stretch(1 / factor),
    shift((width - 1) / 2, (height - 1) / 2),
  );
}

/** The pixels of the canvas that a patch may touch. */
export function boxOf({ x, y, factor, angle }: Placement, patch: Extent, canvas: Extent): Box {
  const [across, down] = reach(patch, angle).map((length) => (factor * (length + 1)) / 2);
  const clip = (value: number, most: number): number => Math.min(Math.max(Math.round(value), 0), most);
  return {
    left: clip(Math.floor(x - (across ?? 0)), canvas.width),
    top: clip(Math.floor(y - (down ?? 0)), canvas.height),
    right: clip(Math.ceil(x + (across ?? 0)) + 1, canvas.width),
    bottom: clip(Math.ceil(y + (down ?? 0)) + 1, canvas.height),
  };
}

/** The same placement on a picture of which the network sees a window, in whole pixels. */
export function onPicture(
  { x, y, factor, angle }: Placement,
  seen: Extent,
  window: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): Placement {
  const [sx, sy] = [window.width / seen.width, window.height / seen.height];
  return {
    x: window.x + (x + 0.5) * sx - 0.5,
    y: window.y + (y + 0.5) * sy - 0.5,
    factor: factor * Math.min(sx, sy),
    angle,
  };
}
