/**
 * How much four places in a photo look like the markers of one sheet. The places alone give the map from the sheet to the photo;
 * what that map says of every module of each marker is then compared with the photo. Squares that merely lie about fail.
 */
import type { Projective } from '../../ascent/affine.ts';
import { homography, mapPoint, type Quad } from '../eot/homography.ts';
import { CLEARANCE, MARGIN, isInk } from './sheet.ts';

/** Modules to each side of a centre that are looked at: the marker, and a ring of the white around it. */
const REACH = 4;

/** Width over height of the picture, which nobody knows yet. */
const SHAPES = Array.from({ length: 17 }, (_, i) => 1.15 ** (i - 8));

/** A module as a share of the distance between two markers along the picture's shorter side. */
const MODULE = MARGIN / CLEARANCE / (1 + 2 * MARGIN);

const UNIT: Quad = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];

const PLACES = Array.from({ length: (2 * REACH + 1) ** 2 }, (_, k) => {
  const [i, j] = [(k % (2 * REACH + 1)) - REACH, Math.floor(k / (2 * REACH + 1)) - REACH];
  return { i, j, white: isInk(i, j) ? 0 : 1 };
});

/**
 * @param grey brightness, row by row
 * @param quad clockwise from the upper left
 * @returns the correlation of the worst of the four markers, 1 for perfect ones
 */
export function likeness(grey: Float32Array, width: number, quad: Quad): number {
  const map = homography(UNIT, quad);
  if (map === null) return -1;
  let best = -1;
  for (const shape of SHAPES) {
    const step = { x: MODULE / Math.max(shape, 1), y: MODULE * Math.min(shape, 1) };
    let worst = 1;
    for (const corner of UNIT) {
      worst = Math.min(worst, correlation(grey, width, map, corner, step));
      if (worst <= best) break;
    }
    best = Math.max(best, worst);
  }
  return best;
}

function correlation(
  grey: Float32Array,
  width: number,
  map: Projective,
  [u, v]: Quad[0],
  step: { readonly x: number; readonly y: number },
): number {
  let [n, x, y, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
  for (const { i, j, white } of PLACES) {
    const [px, py] = mapPoint(map, [u + i * step.x, v + j * step.y]);
    const column = Math.round(px);
    const seen = column < 0 || column >= width ? undefined : grey[Math.round(py) * width + column];
    // Beyond the photo there is nothing to compare.
    if (seen === undefined) continue;
    n++;
    x += white;
    y += seen;
    xx += white * white;
    yy += seen * seen;
    xy += white * seen;
  }
  const spread = Math.sqrt((n * xx - x * x) * (n * yy - y * y));
  return spread > 0 ? (n * xy - x * y) / spread : 0;
}
