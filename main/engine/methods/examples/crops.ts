/** The part of a photo that a unit saw where it answered most, and the guided backpropagation in it, at one size for a sheet. */
import type { Rectangle } from '../../../../shared/methods/examples.ts';
import type { AttributionMap } from '../../attribution/map.ts';
import { render } from '../../attribution/display.ts';
import { decodeImage } from '../../imaging/codec.ts';
import { createPixels, type Pixels } from '../../imaging/pixels.ts';
import type { PictureShape } from '../../models/card.ts';
import { resize } from '../../imaging/resample.ts';
import { crop, paste } from '../../imaging/tiles.ts';
import type { Model } from '../../models/model.ts';
import { viewOf } from '../common/view.ts';
import type { UnitBackprop } from './backprop.ts';
import type { Peak } from './ranking.ts';

/** Side of a crop on a sheet and in a window, in pixels. */
const CELL = 160;

/** Grey value around a crop that is not square. */
const AROUND = 0.5;

export interface Cropped {
  readonly position: { readonly x: number; readonly y: number };
  readonly crop: Rectangle;
  /** Both of CELL × CELL pixels. */
  readonly picture: Pixels;
  readonly guided: Pixels;
}

/** @param gridWidth positions in a row of the layer's grid */
export async function cropOf(
  { model, backprop }: { model: Model; backprop: UnitBackprop },
  { tensor, channel, gridWidth }: { tensor: string; channel: number; gridWidth: number },
  peak: Peak,
): Promise<Cropped> {
  const { pixels } = await decodeImage(peak.path);
  const view = viewOf(pixels, model.shape);
  const picture = view.apply(pixels);
  const position = { x: peak.place % gridWidth, y: Math.floor(peak.place / gridWidth) };
  const field = model.seen(tensor, position, model.shape);
  const inside = intersect(field, model.shape);
  const map = await backprop.from(picture, channel, peak.place);
  const origin = view.origin(inside);
  return {
    position,
    crop: origin,
    picture: framed(crop(pixels, origin.x, origin.y, origin.width, origin.height)),
    // Cut before it is made visible: what counts as full size is what is large in the crop.
    guided: framed(asPicture(crop(map, inside.x, inside.y, inside.width, inside.height))),
  };
}

/** The way gradients of guided backpropagation are published: each colour around mid-grey. */
function asPicture({ width, height, data }: Pixels): Pixels {
  const map: AttributionMap = { channels: 3, width, height, data };
  return render(map, 'colour');
}

function intersect({ x, y, width, height }: Rectangle, shape: PictureShape): Rectangle {
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  const [right, bottom] = [Math.min(shape.width, x + width), Math.min(shape.height, y + height)];
  return { x: left, y: top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
}

/** A crop as large as a cell allows, in its middle. */
function framed(part: Pixels): Pixels {
  const scale = CELL / Math.max(part.width, part.height);
  const length = (value: number): number => Math.max(1, Math.round(value * scale));
  const [width, height] = [length(part.width), length(part.height)];
  const cell = createPixels(CELL, CELL, AROUND);
  const scaled = resize(part, width, height, scale > 1 ? 'cubic' : 'linear');
  paste(cell, scaled, (CELL - width) >> 1, (CELL - height) >> 1);
  return cell;
}
