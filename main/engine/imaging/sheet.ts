/** Several pictures of one size on one sheet. */
import { createPixels, type Pixels } from './pixels.ts';
import { paste } from './tiles.ts';

interface SheetOptions {
  /** Pixels between two pictures; with `border`, around the sheet, too. */
  readonly gap: number;
  readonly border?: boolean;
  /** Grey value of the gaps, in [0, 1]. */
  readonly fill: number;
  /** Pictures in a row; by default as many as make the sheet nearly square, and a bit wide rather than high. */
  readonly columns?: number;
}

/** The pictures, at least one and all of one size, row by row. */
export function sheetOf(pictures: readonly Pixels[], options: SheetOptions): Pixels {
  const [first] = pictures;
  if (first === undefined) throw new RangeError('a sheet needs a picture');
  if (pictures.some(({ width, height }) => width !== first.width || height !== first.height))
    throw new RangeError('the pictures of a sheet must be of one size');
  const { gap, fill, columns = squareColumns(pictures.length) } = options;
  const border = options.border === true ? gap : 0;
  const { width, height } = sheetSize(first, pictures.length, options);
  const sheet = createPixels(width, height, fill);
  pictures.forEach((picture, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    paste(sheet, picture, border + column * (first.width + gap), border + row * (first.height + gap));
  });
  return sheet;
}

/** Width and height in pixels of a sheet of `count` pictures, before they are there. */
export function sheetSize(
  picture: { readonly width: number; readonly height: number },
  count: number,
  { gap, border = false, columns = squareColumns(count) }: Omit<SheetOptions, 'fill'>,
): { width: number; height: number } {
  const along = (cells: number, side: number): number => cells * (side + gap) - gap + (border ? 2 * gap : 0);
  return {
    width: along(columns, picture.width),
    height: along(Math.ceil(count / columns), picture.height),
  };
}

/** Columns of a nearly square grid. */
export const squareColumns = (count: number): number => Math.ceil(Math.sqrt(count));
