/** A scene whose motion is known: a texture without an end, seen through a window that moves over it. */
import { createPixels, type Pixels, type Size } from '../../../imaging/pixels.ts';

/** The window at (x, y), in pixels of the texture; they need not be whole. */
export function sceneAt({ width, height }: Size, x: number, y: number, scene = 1): Pixels {
  const picture = createPixels(width, height);
  const plane = width * height;
  for (let v = 0, i = 0; v < height; v++) {
    for (let u = 0; u < width; u++, i++) {
      const [s, t] = [u + x, v + y];
      for (let c = 0; c < 3; c++) {
        let value = 0.5;
        for (let k = 1; k <= 9; k++) {
          const turn = scene * k * k + 0.7 * c;
          value +=
            0.06 *
            Math.sin(0.05 * k * s + turn + 0.03 * k * t * ((k % 3) - 1)) *
            Math.cos(0.04 * k * t - turn);
        }
        picture.data[c * plane + i] = Math.min(Math.max(value, 0), 1);
      }
    }
  }
  return picture;
}
