/** What the benchmarks work on: a picture with smooth and with detailed places, no two alike, of any size. */
import { createPixels, type Pixels } from '../engine/imaging/pixels.ts';

export function waves(width: number, height: number): Pixels {
  const picture = createPixels(width, height);
  const plane = width * height;
  for (let i = 0; i < picture.data.length; i++) {
    const [x, y, channel] = [i % width, Math.floor((i % plane) / width), Math.floor(i / plane)];
    picture.data[i] = 0.5 + 0.25 * Math.sin(x / (9 + channel)) + 0.2 * Math.sin((x * y) / 3000 + channel);
  }
  return picture;
}
