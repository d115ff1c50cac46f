/**
 * A picture seen through a map, affine as a rule, resampled once by Keys' cubic convolution (1981, a = −½), so that neither position nor
 * sharpness is lost from frame to frame. What lies beyond an edge is the picture mirrored there.
 */
import type { Affine } from '../../ascent/affine.ts';
import { createPixels, type Pixels, type Size } from '../../imaging/pixels.ts';
import { resize } from '../../imaging/resample.ts';

/** Beyond this a map leaves out so many pixels that the picture is made smaller first. */
const MOST_SHRINKING = 1.5;

/** Where a pixel of a view lies in the picture, both counted from the first pixel's centre. */
export interface Place {
  x: number;
  y: number;
}

/** @param map from a pixel of the view to its place in the picture, both counted from the first pixel's centre */
export function seenThrough(picture: Pixels, map: Affine, size: Size = picture): Pixels {
  return seenAt(picture, size, (u, v, place) => {
    place.x = map.xu * u + map.xv * v + map.x;
    place.y = map.yu * u + map.yv * v + map.y;
  });
}

/**
 * A picture seen through any map.
 *
 * @param find sets the place of the pixel in column u and row v of the view
 */
export function seenAt(
  picture: Pixels,
  size: Size,
  find: (u: number, v: number, place: Place) => void,
): Pixels {
  const { width, height, data } = picture;
  const view = createPixels(size.width, size.height);
  const [plane, seen] = [width * height, size.width * size.height];
  const columns = new Int32Array(4);
  const rows = new Int32Array(4);
  const across = new Float64Array(4);
  const down = new Float64Array(4);
  const place: Place = { x: 0, y: 0 };
  for (let v = 0, i = 0; v < size.height; v++) {
    for (let u = 0; u < size.width; u++, i++) {
      find(u, v, place);
      cubic(place.x, width, 1, columns, across);
      cubic(place.y, height, width, rows, down);
      for (let to = i, from = 0; from < 3 * plane; from += plane, to += seen) {
        let sum = 0;
        for (let k = 0; k < 4; k++) {
          const row = from + (rows[k] ?? 0);
          sum +=
            (down[k] ?? 0) *
            ((across[0] ?? 0) * (data[row + (columns[0] ?? 0)] ?? 0) +
              (across[1] ?? 0) * (data[row + (columns[1] ?? 0)] ?? 0) +
              (across[2] ?? 0) * (data[row + (columns[2] ?? 0)] ?? 0) +
              (across[3] ?? 0) * (data[row + (columns[3] ?? 0)] ?? 0));
        }
        view.data[to] = sum;
      }
    }
  }
  return view;
}

/** The four samples around a place along one axis, and what each counts. */
function cubic(place: number, size: number, stride: number, at: Int32Array, weights: Float64Array): void {
  const first = Math.floor(place);
  const t = place - first;
  for (let k = 0; k < 4; k++) at[k] = stride * mirrored(first - 1 + k, size);
  weights[0] = ((-0.5 * t + 1) * t - 0.5) * t;
  weights[1] = (1.5 * t - 2.5) * t * t + 1;
  weights[2] = ((-1.5 * t + 2) * t + 0.5) * t;
  weights[3] = (0.5 * t - 0.5) * t * t;
}

/** An index beyond an edge, as in a mirror that stands on the edge. */
function mirrored(index: number, size: number): number {
  if (index >= 0 && index < size) return index;
  const wrapped = ((index % (2 * size)) + 2 * size) % (2 * size);
  return wrapped < size ? wrapped : 2 * size - 1 - wrapped;
}

/** The same for maps that may shrink a picture much, as those over many frames do: without aliasing. */
export function seenFromAfar(picture: Pixels, map: Affine): Pixels {
  const factor = Math.sqrt(Math.abs(map.xu * map.yv - map.xv * map.yu));
  if (factor <= MOST_SHRINKING) return seenThrough(picture, map);
  const { width, height } = picture;
  const side = (length: number): number => Math.max(1, Math.round(length / factor));
  const small = resize(picture, side(width), side(height), 'area');
  const [x, y] = [small.width / width, small.height / height];
  // Places are counted from centres of pixels, sizes from edges.
  const scaled: Affine = {
    xu: x * map.xu,
    xv: x * map.xv,
    x: x * (map.x + 0.5) - 0.5,
    yu: y * map.yu,
    yv: y * map.yv,
    y: y * (map.y + 0.5) - 0.5,
  };
  return seenThrough(small, scaled, picture);
}
