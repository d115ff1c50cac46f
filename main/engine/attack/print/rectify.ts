/** From a photo of a printed sheet back to the picture on it. */
import { Warp } from '../../ascent/warp.ts';
import { createPixels, type Pixels } from '../../imaging/pixels.ts';
import { homography, type Quad } from '../eot/homography.ts';
import { findMarkers } from './markers.ts';
import { MARGIN } from './sheet.ts';

interface Rectified {
  readonly picture: Pixels;
  /** The markers' centres in the photo, clockwise from the upper left. */
  readonly markers: Quad;
}

/** The picture as large as it is in the photo; null where the markers are not found. */
export function rectify(photo: Pixels): Rectified | null {
  const markers = findMarkers(photo);
  if (markers === null) return null;
  const [a, b, c, d] = markers;
  const side = (p: typeof a, q: typeof a, r: typeof a, s: typeof a): number =>
    Math.max(Math.round((distance(p, q) + distance(r, s)) / 2 / (1 + 2 * MARGIN)), 1);
  const [width, height] = [side(a, b, d, c), side(a, d, b, c)];
  // Edges lie half a pixel outside the centres of the outermost pixels.
  const [left, right] = [-MARGIN * width - 0.5, (1 + MARGIN) * width - 0.5];
  const [top, bottom] = [-MARGIN * height - 0.5, (1 + MARGIN) * height - 0.5];
  const map = homography(
    [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ],
    markers,
  );
  if (map === null) return null;
  const picture = createPixels(width, height);
  new Warp(photo, picture).look(map).apply(photo.data, 0, picture.data, 0);
  return { picture, markers };
}

const distance = ([x, y]: Quad[0], [u, v]: Quad[0]): number => Math.hypot(x - u, y - v);
