/** Where the tiles of the gallery lie, so that only those near the view need to be on the page; lengths in CSS pixels. */

export interface Row {
  /** Of its heading, where it has one, or else of its tiles. */
  readonly top: number;
  readonly tilesTop: number;
  readonly bottom: number;
  readonly heading: string | null;
  /** Its pictures, by their places in the whole list. */
  readonly first: number;
  readonly count: number;
}

export interface Layout {
  readonly columns: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly gap: number;
  /** Of everything. */
  readonly height: number;
  readonly rows: readonly Row[];
}

export interface Measures {
  /** What there is for the tiles. */
  readonly width: number;
  /** The least width of a tile. */
  readonly tile: number;
  /** Below the picture of each tile. */
  readonly caption: number;
  readonly heading: number;
  readonly gap: number;
}

/** Tiles of 4 to 3 in as many columns as there is room for, wide enough to fill the rows. Empty sections take no room. */
export function layOut(
  sections: readonly { readonly title: string | null; readonly count: number }[],
  { width, tile, caption, heading, gap }: Measures,
): Layout {
  const columns = Math.max(1, Math.floor((width + gap) / (tile + gap)));
  const tileWidth = Math.max(1, (width - gap * (columns - 1)) / columns);
  const tileHeight = Math.round(tileWidth * 0.75) + caption;
  const rows: Row[] = [];
  let top = 0;
  let first = 0;
  for (const { title, count } of sections) {
    for (let done = 0; done < count; done += columns) {
      const tilesTop = top + (done === 0 && title !== null ? heading : 0);
      const bottom = tilesTop + tileHeight;
      const inRow = Math.min(columns, count - done);
      rows.push({ top, tilesTop, bottom, heading: done === 0 ? title : null, first, count: inRow });
      first += inRow;
      top = bottom + gap;
    }
  }
  return { columns, tileWidth, tileHeight, gap, height: rows.at(-1)?.bottom ?? 0, rows };
}

/** The first row that does not end before `position`; the number of rows where all do. */
export function rowAt(rows: readonly Row[], position: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.bottom ?? 0) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The row of a picture, by its place in the whole list; -1 for one that is not there. */
export function rowOf(rows: readonly Row[], index: number): number {
  let [low, high] = [0, rows.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const { first = 0, count = 0 } = rows[middle] ?? {};
    if (index < first) high = middle - 1;
    else if (index >= first + count) low = middle + 1;
    else return middle;
  }
  return -1;
}

/** Rows that a page key passes over. */
const PAGE = 3;

/** Where a key leads from one picture to another; `undefined` for a key that leads nowhere. */
export function stepInRows(key: string, index: number, rows: readonly Row[]): number | undefined {
  const { first: lastFirst = 0, count: lastCount = 0 } = rows.at(-1) ?? {};
  const last = lastFirst + lastCount - 1;
  if (last < 0) return undefined;
  const at = rowOf(rows, index);
  const below = (by: number): number => {
    const to = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    const from = rows[at];
    if (to === undefined || from === undefined || to === from) return index;
    return to.first + Math.min(index - from.first, to.count - 1);
  };
  switch (key) {
    case 'ArrowLeft':
      return Math.max(index - 1, 0);
    case 'ArrowRight':
      return Math.min(index + 1, last);
    case 'ArrowUp':
      return below(-1);
    case 'ArrowDown':
      return below(1);
    case 'PageUp':
      return below(-PAGE);
    case 'PageDown':
      return below(PAGE);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}
