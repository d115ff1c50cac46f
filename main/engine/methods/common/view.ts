/**
 * What a classifier sees of a picture: its centre, at the network's size. The map is linear, so it has an exact adjoint, and
 * methods that change the picture itself see through it, too.
 */
import type { Rectangle } from '../../../../shared/methods/examples.ts';
import type { Pixels, Size } from '../../imaging/pixels.ts';
import { resizePart, resizePartAdjoint } from '../../imaging/resample.ts';

/** ImageNet's evaluation: networks of 224 pixels see the centre of a picture whose shorter side is 256. */
const MARGIN = 256 / 224;

/** From whole pixels to the whole pixels that they cover at another scale. */
function stretch(start: number, length: number, factor: number, side: number): [number, number] {
  return [Math.floor(start * factor), Math.min(side, Math.ceil((start + length) * factor))];
}

/** A linear map from pictures of one size to pictures of another, mostly squares. */
export interface View {
  /** Width and height of what is seen. */
  readonly shape: Size;
  apply(picture: Pixels): Pixels;
  /** Takes a gradient with respect to the view back to one with respect to the picture: ⟨apply(x), y⟩ = ⟨x, adjoint(y)⟩. */
  adjoint(gradient: Pixels): Pixels;
  /** Where a part of the view lies in the picture: whole pixels, and all that it touches. */
  origin(part: Rectangle): Rectangle;
}

/**
 * The view of pictures of `size`: it is brought to where it covers 256/224 of `seen` (antialiased, linear), and the centre is
 * taken. A picture that has exactly the network's size is what it sees already.
 */
export function viewOf(size: Size, seen: Size | number): View {
  const shape = typeof seen === 'number' ? { width: seen, height: seen } : seen;
  if (size.width === shape.width && size.height === shape.height) {
    return {
      shape,
      apply: (picture) => picture,
      adjoint: (gradient) => gradient,
      origin: (part) => part,
    };
  }
  const factor = Math.max((shape.width * MARGIN) / size.width, (shape.height * MARGIN) / size.height);
  const scaled = (length: number, least: number): number => Math.max(least, Math.round(length * factor));
  const [width, height] = [scaled(size.width, shape.width), scaled(size.height, shape.height)];
  const [x, y] = [(width - shape.width) >> 1, (height - shape.height) >> 1];
  const [whole, centre] = [
    { width, height },
    { x, y, ...shape },
  ];
  return {
    shape,
    apply: (picture) => resizePart(picture, whole, centre, 'linear'),
    adjoint: (gradient) => resizePartAdjoint(gradient, size, whole, centre, 'linear'),
    origin(part) {
      const [left, right] = stretch(part.x + x, part.width, size.width / width, size.width);
      const [top, bottom] = stretch(part.y + y, part.height, size.height / height, size.height);
      return { x: left, y: top, width: right - left, height: bottom - top };
    },
  };
}
