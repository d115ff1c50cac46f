/** Finds the four markers of a printed sheet in a photo, by the runs of 1 : 1 : 3 : 1 : 1 that every line through a centre has. */
import { luma } from '../../imaging/colour.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import type { Point, Quad } from '../eot/homography.ts';
import { likeness } from './likeness.ts';

/** A pixel counts as ink when it is so much darker than what lies around it. */
const INK = 0.8;

/** The surroundings, as a share of the longer side. */
const AROUND = 0.1;

const RATIOS = [1, 1, 3, 1, 1] as const;

/** A run may be off by so much of a module: blur and light move the edges of ink, all by the same. */
const TOLERANCE = 0.6;

/** Spots that are looked at together, those first that most lines have crossed. */
const MOST = 16;

/** From this correlation on, four spots are the markers of a sheet. */
const LIKE = 0.6;

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly module: number;
  readonly hits: number;
}

/** The markers' centres, clockwise from the upper left of a photo that is held less than 45° askew; null without all four. */
export function findMarkers(photo: Pixels): Quad | null {
  const { width, height } = photo;
  const grey = luma(photo);
  const ink = inkOf(grey, width, height);
  const at = (x: number, y: number): boolean => ink[y * width + x] === 1;
  const spots: Spot[] = [];
  for (let y = 0; y < height; y++) {
    const row = (x: number): boolean => at(x, y);
    for (const { centre, module } of crossings(row, width)) {
      const x = Math.round(centre);
      const across = crossingAt((v) => at(x, v), height, y);
      if (across === null || across.module > 3 * module || module > 3 * across.module) continue;
      const along = crossingAt((u) => at(u, Math.round(across.centre)), width, x);
      if (along !== null) collect(spots, { x: along.centre, y: across.centre, module, hits: 1 });
    }
  }
  const likely = spots
    .filter(({ hits, module }) => hits >= Math.max(2, 0.7 * module))
    .toSorted((a, b) => b.hits - a.hits);
  return likest(likely.slice(0, MOST), (quad) => likeness(grey, width, quad));
}

/** 1 where a pixel is much darker than the mean around it. */
function inkOf(grey: Float32Array, width: number, height: number): Uint8Array {
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += grey[y * width + x] ?? 0;
      sums[(y + 1) * (width + 1) + x + 1] = (sums[y * (width + 1) + x + 1] ?? 0) + row;
    }
  }
  const radius = Math.round((AROUND * Math.max(width, height)) / 2);
  const sum = (x: number, y: number): number => sums[y * (width + 1) + x] ?? 0;
  return Uint8Array.from(grey, (value, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const [left, right] = [Math.max(x - radius, 0), Math.min(x + radius + 1, width)];
    const [top, bottom] = [Math.max(y - radius, 0), Math.min(y + radius + 1, height)];
    const total = sum(right, bottom) - sum(left, bottom) - sum(right, top) + sum(left, top);
    return value < (INK * total) / ((right - left) * (bottom - top)) ? 1 : 0;
  });
}

interface Crossing {
  /** In pixels, counted from the first one's centre. */
  readonly centre: number;
  readonly module: number;
}

/** All places along a line where its runs have a marker's ratios. */
function* crossings(isInk: (i: number) => boolean, length: number): Generator<Crossing> {
  const ends: number[] = [];
  for (let i = 1; i <= length; i++) {
    if (i < length && isInk(i) === isInk(i - 1)) continue;
    ends.push(i);
    // Six ends make five runs; the last of them must be ink.
    if (ends.length < 6 || !isInk(i - 1)) continue;
    const six = ends.slice(-6);
    const runs = RATIOS.map((_, r) => (six[r + 1] ?? 0) - (six[r] ?? 0));
    const module = runs.reduce((a, b) => a + b, 0) / 7;
    if (!RATIOS.every((ratio, r) => Math.abs((runs[r] ?? 0) - ratio * module) <= TOLERANCE * module))
      continue;
    yield { centre: ((six[2] ?? 0) + (six[3] ?? 0) - 1) / 2, module };
  }
}

/** The crossing whose middle run holds a place; null where there is none. */
function crossingAt(isInk: (i: number) => boolean, length: number, place: number): Crossing | null {
  for (const crossing of crossings(isInk, length))
    if (Math.abs(crossing.centre - place) <= 2 * crossing.module) return crossing;
  return null;
}

/** Adds a sighting to the spot that it belongs to, or begins another. */
function collect(spots: Spot[], seen: Spot): void {
  const known = spots.findIndex(({ x, y, module }) => Math.hypot(x - seen.x, y - seen.y) < 3 * module);
  const spot = spots[known];
  if (spot === undefined) {
    spots.push(seen);
    return;
  }
  const hits = spot.hits + 1;
  const mean = (a: number, b: number): number => a + (b - a) / hits;
  spots[known] = {
    x: mean(spot.x, seen.x),
    y: mean(spot.y, seen.y),
    module: mean(spot.module, seen.module),
    hits,
  };
}

/** The four spots that look most like the markers of a sheet; null where none do. */
function likest(spots: readonly Spot[], likenessOf: (quad: Quad) => number): Quad | null {
  let best: { quad: Quad; like: number } | null = null;
  for (const four of choices(spots, 4)) {
    const modules = four.map(({ module }) => module);
    if (Math.max(...modules) > 3 * Math.min(...modules)) continue;
    const quad = ordered(four);
    if (quad === null || !isConvex(quad)) continue;
    const like = likenessOf(quad);
    if (like >= LIKE && like > (best?.like ?? 0)) best = { quad, like };
  }
  return best?.quad ?? null;
}

function* choices<T>(items: readonly T[], count: number): Generator<T[]> {
  if (count === 0) yield [];
  for (const [i, item] of items.entries())
    if (count > 0) for (const rest of choices(items.slice(i + 1), count - 1)) yield [item, ...rest];
}

/** Clockwise, from the one nearest to the upper left. */
function ordered(spots: readonly Spot[]): Quad | null {
  const centre = { x: mean(spots.map(({ x }) => x)), y: mean(spots.map(({ y }) => y)) };
  const around = spots.toSorted(
    (a, b) => Math.atan2(a.y - centre.y, a.x - centre.x) - Math.atan2(b.y - centre.y, b.x - centre.x),
  );
  const first = around.reduce((least, { x, y }, i) => {
    const other = around[least];
    return other === undefined || x + y < other.x + other.y ? i : least;
  }, 0);
  const [a, b, c, d] = around.map((_, i): Point => {
    const { x, y } = around[(first + i) % around.length] ?? { x: 0, y: 0 };
    return [x, y];
  });
  return a === undefined || b === undefined || c === undefined || d === undefined ? null : [a, b, c, d];
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

function isConvex(quad: Quad): boolean {
  return quad.every(([x, y], i) => {
    const [[u, v], [s, t]] = [quad[(i + 1) % 4] ?? [0, 0], quad[(i + 2) % 4] ?? [0, 0]];
    return (u - x) * (t - v) - (v - y) * (s - u) > 0;
  });
}
