/**
 * A sheet to be printed and photographed: the picture, and around it four markers by which a photo can be straightened. Their
 * centres lie a tenth of the picture's width and height outside its corners, so the layout says itself, whatever the size.
 */
import { createPixels, type Pixels } from '../../imaging/pixels.ts';
import { paste } from '../../imaging/tiles.ts';

/** From an edge of the picture to the centre of a marker, as a share of the picture's own side. */
export const MARGIN = 0.1;

/** Modules across a marker: black, white, three black, white, black, as in the corners of a QR code. */
const MODULES = 7;

/** Modules from the centre of a marker to the picture and to the edge of the sheet. */
export const CLEARANCE = 5.5;

/** Smaller pictures are shown in larger pixels, so that the markers have enough of them. */
const LEAST_SIDE = 440;

export function printSheet(picture: Pixels): Pixels {
  const factor = Math.ceil(LEAST_SIDE / Math.min(picture.width, picture.height));
  const large = magnify(picture, factor);
  const { width, height } = large;
  const module = Math.floor((MARGIN * Math.min(width, height)) / CLEARANCE);
  const edge = Math.ceil(CLEARANCE * module);
  const [marginX, marginY] = [Math.round(MARGIN * width) + edge, Math.round(MARGIN * height) + edge];
  const sheet = createPixels(width + 2 * marginX, height + 2 * marginY, 1);
  paste(sheet, large, marginX, marginY);
  const mark = marker(module);
  const half = (MODULES * module) / 2;
  for (const x of [edge, sheet.width - edge])
    for (const y of [edge, sheet.height - edge])
      paste(sheet, mark, Math.round(x - half), Math.round(y - half));
  return sheet;
}

/** Whether a module of a marker is black, counted from its centre; around the marker none is. */
export function isInk(i: number, j: number): boolean {
  const ring = Math.max(Math.abs(i), Math.abs(j));
  return ring <= 1 || ring === 3;
}

function marker(module: number): Pixels {
  const side = MODULES * module;
  const mark = createPixels(side, side);
  mark.data.forEach((_, i) => {
    const [x, y] = [i % side, Math.floor(i / side) % side].map(
      (at) => Math.floor(at / module) - MODULES / 2 + 0.5,
    );
    mark.data[i] = isInk(x ?? 0, y ?? 0) ? 0 : 1;
  });
  return mark;
}

/** Every pixel as a square of so many. */
function magnify(picture: Pixels, factor: number): Pixels {
  if (factor === 1) return picture;
  const { width, height, data } = picture;
  const large = createPixels(width * factor, height * factor);
  const plane = large.width * large.height;
  large.data.forEach((_, i) => {
    const [channel, at] = [Math.floor(i / plane), i % plane];
    const [x, y] = [Math.floor((at % large.width) / factor), Math.floor(at / large.width / factor)];
    large.data[i] = data[channel * width * height + y * width + x] ?? 0;
  });
  return large;
}
