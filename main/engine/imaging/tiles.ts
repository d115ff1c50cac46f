/**
 * Moving and cutting pictures on the torus: the jitter of Deep Dream and the tiles of a large picture both wrap around,
 * so that no border is ever treated differently from the middle. Everything copies whole runs of a row.
 */
import type { Pixels } from './pixels.ts';
import { createPixels } from './pixels.ts';

/** `value` modulo `size`, never negative. */
function wrap(value: number, size: number): number {
  return ((value % size) + size) % size;
}

/**
 * Circular shift: the pixel at (x, y) goes to (x + dx, y + dy), wrapping around. `roll(·, -dx, -dy)` is the exact inverse.
 * `into` must be another picture of the same size; a new one is made without it.
 */
export function roll(pixels: Pixels, dx: number, dy: number, into?: Pixels): Pixels {
  const { width, height, data } = pixels;
  const target = into ?? createPixels(width, height);
  if (target.data === data) throw new RangeError('a picture cannot be rolled into itself');
  requireSize(target, width, height);
  const right = wrap(dx, width);
  const down = wrap(dy, height);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      const from = (c * height + y) * width;
      const to = (c * height + (y + down < height ? y + down : y + down - height)) * width;
      target.data.set(data.subarray(from, from + width - right), to + right);
      if (right > 0) target.data.set(data.subarray(from + width - right, from + width), to);
    }
  }
  return target;
}

/** The part of a picture inside the rectangle, which must lie within it. */
export function crop(pixels: Pixels, x: number, y: number, width: number, height: number): Pixels {
  requireInside(pixels, x, y, width, height);
  return readTile(pixels, x, y, width, height);
}

/** Overwrites the rectangle at (x, y) of `pixels` by `patch`, which must fit. */
export function paste(pixels: Pixels, patch: Pixels, x: number, y: number): void {
  requireInside(pixels, x, y, patch.width, patch.height);
  forEachRun(pixels, x, y, patch.width, patch.height, (at, inTile, length) => {
    pixels.data.set(patch.data.subarray(inTile, inTile + length), at);
  });
}

/** The tile of `width`×`height` whose corner is at (x, y), any integers, wrapping around the picture as often as needed. */
export function readTile(
  pixels: Pixels,
  x: number,
  y: number,
  width: number,
  height: number,
  into?: Pixels,
): Pixels {
  const tile = into ?? createPixels(width, height);
  requireSize(tile, width, height);
  forEachRun(pixels, x, y, width, height, (at, inTile, length) => {
    tile.data.set(pixels.data.subarray(at, at + length), inTile);
  });
  return tile;
}

/** Overwrites the wrapped-around rectangle at (x, y) by `tile`. */
export function writeTile(pixels: Pixels, tile: Pixels, x: number, y: number): void {
  forEachRun(pixels, x, y, tile.width, tile.height, (at, inTile, length) => {
    pixels.data.set(tile.data.subarray(inTile, inTile + length), at);
  });
}

/** Calls `visit(index in picture, index in tile, length)` for each run of a tile's rows that is contiguous in both. */
function forEachRun(
  { width, height }: Pixels,
  x: number,
  y: number,
  tileWidth: number,
  tileHeight: number,
  visit: (at: number, inTile: number, length: number) => void,
): void {
  const left = wrap(x, width);
  for (let c = 0; c < 3; c++) {
    for (let row = 0; row < tileHeight; row++) {
      const line = (c * height + wrap(y + row, height)) * width;
      const tileLine = (c * tileHeight + row) * tileWidth;
      for (let done = 0, from = left; done < tileWidth; from = 0) {
        const length = Math.min(width - from, tileWidth - done);
        visit(line + from, tileLine + done, length);
        done += length;
      }
    }
  }
}

function requireSize(pixels: Pixels, width: number, height: number): void {
  if (pixels.width !== width || pixels.height !== height) {
    throw new RangeError(
      `a picture of ${pixels.width}×${pixels.height} was given, not of ${width}×${height}`,
    );
  }
}

function requireInside(pixels: Pixels, x: number, y: number, width: number, height: number): void {
  if (x < 0 || y < 0 || x + width > pixels.width || y + height > pixels.height) {
    throw new RangeError(
      `the rectangle ${width}×${height} at (${x}, ${y}) is not inside ${pixels.width}×${pixels.height}`,
    );
  }
}
