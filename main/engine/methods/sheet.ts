/** Several images of one size as one picture. */
import { createPixels, type Pixels } from '../imaging/pixels.ts';
import { paste } from '../imaging/tiles.ts';
import type { Size } from './octaves.ts';

/** White between the images, in pixels. */
const GAP = 4;

export interface SheetLayout extends Size {
  readonly columns: number;
  readonly rows: number;
}

/** Near-square, wider than tall; in `columns` columns if they are given. A single image is its own sheet. */
export function layOut(image: Size, count: number, columns = Math.ceil(Math.sqrt(count))): SheetLayout {
  const rows = Math.ceil(count / columns);
  return {
    columns,
    rows,
    width: columns * (image.width + GAP) - GAP,
    height: rows * (image.height + GAP) - GAP,
  };
}

/** The images, rows from the left. */
export function sheetOf(images: readonly Pixels[], layout: SheetLayout): Pixels {
  const [only] = images;
  if (only !== undefined && images.length === 1) return only;
  const sheet = createPixels(layout.width, layout.height, 1);
  images.forEach((image, i) => {
    const [column, row] = [i % layout.columns, Math.floor(i / layout.columns)];
    paste(sheet, image, column * (image.width + GAP), row * (image.height + GAP));
  });
  return sheet;
}
