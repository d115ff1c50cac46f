/** A picture, the sheet that it is printed on, and where the sheet lies in a photo. */
import type { Projective } from '../../ascent/affine.ts';
import { createPixels } from '../../imaging/pixels.ts';
import { homography, type Quad } from '../eot/homography.ts';
import { printSheet } from '../print/sheet.ts';

/** Smooth, with different corners. */
export const scene = createPixels(120, 90);
scene.data.forEach((_, i) => {
  const [x, y, c] = [i % 120, Math.floor(i / 120) % 90, Math.floor(i / 10800)];
  scene.data[i] = 0.5 + 0.3 * Math.sin(x / 17 + c) * Math.cos(y / 13 - c) + (x - y) / 600;
});

export const sheet = printSheet(scene);

/** The corners of the sheet in its own pixels, clockwise from the upper left. */
const CORNERS: Quad = [
  [0, 0],
  [sheet.width - 1, 0],
  [sheet.width - 1, sheet.height - 1],
  [0, sheet.height - 1],
];

/** From the sheet to the photo in which its corners lie at these places. */
export const intoPhoto = (corners: Quad): Projective => possible(homography(CORNERS, corners));

/** From that photo back to the sheet. */
export const backToSheet = (corners: Quad): Projective => possible(homography(corners, CORNERS));

function possible(map: Projective | null): Projective {
  if (map === null) throw new Error('No sheet can lie so.');
  return map;
}
