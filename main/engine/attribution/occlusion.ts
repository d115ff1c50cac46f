/** Occlusion (Zeiler & Fergus 2014): how much a score falls when a square of the picture is covered. */
import { clonePixels, type Pixels } from '../imaging/pixels.ts';
import { groups, passesFor, type Passes, type Scored } from './differentiable.ts';
import type { AttributionMap } from './map.ts';

export interface OcclusionOptions {
  /** Side of the square, and how far it moves, in pixels. */
  readonly size: number;
  readonly stride: number;
  /** Grey value of the square, in [0, 1]. */
  readonly fill: number;
}

interface Square {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Passes that {@link occlusion} takes. */
export const occlusionPasses = (picture: Pixels, options: OcclusionOptions, batch: number): number =>
  passesFor(squaresOf(picture, options).length + 1, batch);

/** The fall of the score, F(x) − F(covered), averaged for each pixel over the squares that cover it. */
export async function* occlusion(
  f: Scored,
  picture: Pixels,
  options: OcclusionOptions,
): Passes<AttributionMap> {
  const { width, height } = picture;
  const squares = [undefined, ...squaresOf(picture, options)];
  const sum = new Float64Array(width * height);
  const covers = new Float64Array(width * height);
  let whole: number | undefined;
  for (const group of groups(squares, f.batch)) {
    const values = await f.values(group.map((square) => covered(picture, square, options.fill)));
    group.forEach((square, k) => {
      const value = values[k] ?? 0;
      if (square === undefined) whole = value;
      else add(sum, covers, width, square, (whole ?? 0) - value);
    });
    yield;
  }
  return { channels: 1, width, height, data: Float32Array.from(sum, (total, i) => total / (covers[i] ?? 1)) };
}

/** The squares row by row; the last of a row and of a column ends at the border, so that every pixel is covered. */
function squaresOf({ width, height }: Pixels, { size, stride }: OcclusionOptions): Square[] {
  const across = starts(width, size, stride);
  return starts(height, size, stride).flatMap((y) =>
    across.map((x) => ({ x, y, width: Math.min(size, width), height: Math.min(size, height) })),
  );
}

function starts(length: number, size: number, stride: number): number[] {
  const last = Math.max(0, length - size);
  // A stride beyond the size would leave gaps.
  const step = Math.min(stride, size);
  return Array.from({ length: Math.ceil(last / step) + 1 }, (_, i) => Math.min(i * step, last));
}

function covered(picture: Pixels, square: Square | undefined, fill: number): Float32Array {
  const { width, height, data } = clonePixels(picture);
  if (square === undefined) return data;
  for (let c = 0; c < 3; c++) {
    for (let y = square.y; y < square.y + square.height; y++) {
      const row = (c * height + y) * width;
      data.fill(fill, row + square.x, row + square.x + square.width);
    }
  }
  return data;
}

function add(sum: Float64Array, covers: Float64Array, width: number, square: Square, fall: number): void {
  for (let y = square.y; y < square.y + square.height; y++) {
    for (let i = y * width + square.x; i < y * width + square.x + square.width; i++) {
      sum[i] = (sum[i] ?? 0) + fall;
      covers[i] = (covers[i] ?? 0) + 1;
    }
  }
}
