/**
 * What a classifier sees of a picture: its centre, at the network's size. The map is linear, so it has an exact adjoint, and
 * methods that change the picture itself see through it, too.
 */
import type { Rectangle } from '../../../../shared/methods/examples.ts';
import { createPixels, type Pixels, type Size } from '../../imaging/pixels.ts';
import { resize, resizeAdjoint } from '../../imaging/resample.ts';
import { crop, paste } from '../../imaging/tiles.ts';

/** ImageNet's evaluation: networks of 224 pixels see the centre of a picture whose shorter side is 256. */
const MARGIN = 256 / 224;

/** From whole pixels to the whole pixels that they cover at another scale. */
function stretch(start: number, length: number, factor: number, side: number): [number, number] {
  return [Math.floor(start * factor), Math.min(side, Math.ceil((start + length) * factor))];
}

/** A linear map from pictures of one size to squares of `side` pixels. */
export interface View {
  readonly side: number;
  apply(picture: Pixels): Pixels;
  /** Takes a gradient with respect to the view back to one with respect to the picture: ⟨apply(x), y⟩ = ⟨x, adjoint(y)⟩. */
  adjoint(gradient: Pixels): Pixels;
  /** Where a part of the view lies in the picture: whole pixels, and all that it touches. */
  origin(part: Rectangle): Rectangle;
}

/**
 * The view of pictures of `size`: the shorter side is brought to 256/224 of `side` (antialiased, linear), and the centre is
 * taken. A picture that has exactly the network's size is what it sees already.
 */
export function viewOf(size: Size, side: number): View {
  if (size.width === side && size.height === side) {
    return { side, apply: (picture) => picture, adjoint: (gradient) => gradient, origin: (part) => part };
  }
  const factor = (side * MARGIN) / Math.min(size.width, size.height);
  const scaled = (length: number): number => Math.max(side, Math.round(length * factor));
  const [width, height] = [scaled(size.width), scaled(size.height)];
  const [x, y] = [(width - side) >> 1, (height - side) >> 1];
  return {
    side,
    apply: (picture) => crop(resize(picture, width, height, 'linear'), x, y, side, side),
    adjoint(gradient) {
      const whole = createPixels(width, height);
      paste(whole, gradient, x, y);
      return resizeAdjoint(whole, size.width, size.height, 'linear');
    },
    origin(part) {
      const [left, right] = stretch(part.x + x, part.width, size.width / width, size.width);
      const [top, bottom] = stretch(part.y + y, part.height, size.height / height, size.height);
      return { x: left, y: top, width: right - left, height: bottom - top };
    },
  };
}
