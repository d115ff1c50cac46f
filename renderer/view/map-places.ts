/**
 * Where the layers of a map stand, and how the ways between them run. A way that passes rows has a lane in
 * each of them, so that no box hides what is led around a block. Rows are as wide as the map, because names
 * need all of a narrow column; a general layout (dagre was tried) cuts names short there, and takes seconds
 * for a DenseNet.
 */
import type { MapNode, NetworkMap } from './layer-map.ts';

/** All in one unit, such as rem. */
export interface Measures {
  /** Of the map. */
  readonly width: number;
  /** From the top of one row to that of the next. */
  readonly row: number;
  readonly boxHeight: number;
  /** Between boxes. */
  readonly gap: number;
  /** Width of a lane, where there is room. */
  readonly lane: number;
}

interface MapBox {
  /** Place in the list of layers. */
  readonly index: number;
  /** How many boxes share its row. */
  readonly columns: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

export interface MapPlaces {
  readonly boxes: readonly MapBox[];
  /** A path of SVG for each edge of the map. */
  readonly ways: readonly string[];
  readonly height: number;
}

/** The lanes of a row take no more than this share of it. */
const MOST_LANES = 0.35;

export function placesOf(map: NetworkMap, measures: Measures): MapPlaces {
  const { width, row, boxHeight, gap } = measures;
  const rows: MapNode[][] = Array.from({ length: map.rows }, () => []);
  const rowOf = new Map<number, number>();
  for (const node of map.nodes) {
    rows[node.row]?.push(node);
    rowOf.set(node.index, node.row);
  }
  /** For each layer the last row that reads it; its readers share one lane. */
  const lastReader = new Map<number, number>();
  for (const { from, to } of map.edges)
    lastReader.set(from, Math.max(lastReader.get(from) ?? 0, rowOf.get(to) ?? 0));

  const boxes: MapBox[] = [];
  /** For each layer the middle of its box, and of its lane in the rows below. */
  const middles = new Map<number, number[]>();
  rows.forEach((nodes, at) => {
    const passing = Array.from(middles)
      .filter(([index]) => (lastReader.get(index) ?? 0) > at)
      .map(([, track]) => ({ track, x: track.at(-1) ?? 0 }))
      .sort((a, b) => a.x - b.x);
    const lane = Math.min(measures.lane, (MOST_LANES * width) / passing.length);
    const boxWidth = (width - passing.length * lane + gap) / nodes.length - gap;
    let left = 0;
    let passed = 0;
    const pass = (until: number): void => {
      for (let next = passing[passed]; next !== undefined && next.x < until; next = passing[++passed]) {
        next.track.push(left + lane / 2);
        left += lane;
      }
    };
    for (const { index, column, columns } of nodes) {
      // A lane from straight above goes to the right of the box.
      pass(((column + 0.4) / columns) * width);
      if (column > 0) left += gap;
      boxes.push({ index, columns, left, top: at * row, width: boxWidth });
      middles.set(index, [left + boxWidth / 2]);
      left += boxWidth;
    }
    pass(Infinity);
  });

  const wayOf = ({ from, to }: NetworkMap['edges'][number]): string => {
    const begin = rowOf.get(from) ?? 0;
    const passed = (middles.get(from) ?? []).slice(0, (rowOf.get(to) ?? 0) - begin);
    const xs = [...passed, ...(middles.get(to) ?? []).slice(0, 1)];
    const steps = xs.slice(1).map((x, i) => {
      const above = (begin + i) * row + boxHeight;
      const below = (begin + i + 1) * row;
      const bend = (above + below) / 2;
      return `V${above}C${xs[i] ?? x} ${bend} ${x} ${bend} ${x} ${below}`;
    });
    return `M${xs[0] ?? 0} ${begin * row + boxHeight}${steps.join('')}`;
  };
  const height = map.rows === 0 ? 0 : (map.rows - 1) * row + boxHeight;
  return { boxes, ways: map.edges.map(wayOf), height };
}
