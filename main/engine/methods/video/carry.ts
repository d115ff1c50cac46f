/**
 * What was dreamed on one frame, carried along with the scene into the next: only where the motion there is sure, so that nothing is
 * smeared over what has just come into sight (Ruder et al. 2016, "Artistic style transfer for videos").
 */
import { createPixels, type Pixels, type Size } from '../../imaging/pixels.ts';
import { seenAt } from '../film/view.ts';
import type { Flow } from './optical-flow.ts';

/** Steps there and back may miss each other by so much, as a share of their squares, and in pixels². */
const SHARE = 0.01;
const SLACK = 0.5;
/**
 * A motion explains a frame that is this near to what it predicts, on average and as a share of the frame's own mean deviation. Pans
 * come to 0.05 to 0.2, and a photo after an unlike one to 1.1 to 2.2.
 */
const MOST_ERROR = 0.7;
/** Of an even frame, in grey levels of 255. */
const LEAST_DEVIATION = 2;

/** How a frame follows from the one before. */
export interface Motion {
  /** From each pixel to its place in the frame before. */
  readonly back: Flow;
  /** 1 where the way back and the way there agree, else 0. */
  readonly agreed: Uint8Array;
}

/**
 * @param back from each pixel of a frame to the frame before
 * @param there the other way round
 */
export function motionOf({ width, height }: Size, back: Flow, there: Flow): Motion {
  const agreed = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const [dx, dy] = [back[2 * i] ?? 0, back[2 * i + 1] ?? 0];
      const [atX, atY] = [x + dx, y + dy];
      if (atX < 0 || atY < 0 || atX > width - 1 || atY > height - 1) continue;
      const [left, top] = [Math.min(Math.floor(atX), width - 2), Math.min(Math.floor(atY), height - 2)];
      const [u, v] = [atX - left, atY - top];
      const at = (axis: number): number => {
        const index = 2 * (top * width + left) + axis;
        const below = index + 2 * width;
        const upper = (there[index] ?? 0) * (1 - u) + (there[index + 2] ?? 0) * u;
        return upper * (1 - v) + v * ((there[below] ?? 0) * (1 - u) + (there[below + 2] ?? 0) * u);
      };
      const [ax, ay] = [at(0), at(1)];
      const apart = (dx + ax) ** 2 + (dy + ay) ** 2;
      if (apart <= SHARE * (dx ** 2 + dy ** 2 + ax ** 2 + ay ** 2) + SLACK) agreed[i] = 1;
    }
  }
  return { back, agreed };
}

/** Whether a frame is of another scene than the one before. @param grey @param before luma, 0 to 255 */
export function isCut(
  { width, height }: Size,
  { back }: Motion,
  grey: Uint8Array,
  before: Uint8Array,
): boolean {
  const mean = grey.reduce((sum, value) => sum + value, 0) / grey.length;
  let [deviation, error] = [0, 0];
  for (let i = 0; i < grey.length; i++) {
    const x = clamped((i % width) + (back[2 * i] ?? 0), width);
    const y = clamped(Math.floor(i / width) + (back[2 * i + 1] ?? 0), height);
    deviation += Math.abs((grey[i] ?? 0) - mean);
    error += Math.abs((grey[i] ?? 0) - (before[y * width + x] ?? 0));
  }
  return error > MOST_ERROR * Math.max(deviation, LEAST_DEVIATION * grey.length);
}

const clamped = (place: number, size: number): number => Math.min(Math.max(Math.round(place), 0), size - 1);

/** What was dreamed on the frame before (its difference to `filmed`), moved to where its content lies now; 0 where nothing is sure. */
export function carried(dreamed: Pixels, filmed: Pixels, { back, agreed }: Motion): Pixels {
  const { width, height } = filmed;
  const plane = width * height;
  const dream = createPixels(width, height);
  dream.data.forEach((_, i) => (dream.data[i] = (dreamed.data[i] ?? 0) - (filmed.data[i] ?? 0)));
  const moved = seenAt(dream, filmed, (u, v, place) => {
    const i = 2 * (v * width + u);
    place.x = u + (back[i] ?? 0);
    place.y = v + (back[i + 1] ?? 0);
  });
  moved.data.forEach((value, i) => (moved.data[i] = value * (agreed[i % plane] ?? 0)));
  return moved;
}

/** A frame with so much of a dream on it, 0 to 1. */
export function withDream(frame: Pixels, dream: Pixels, share: number): Pixels {
  const data = frame.data.map((value, i) => Math.min(Math.max(value + share * (dream.data[i] ?? 0), 0), 1));
  return { ...frame, data };
}

/**
 * Gradient steps of one size never come to rest; so where the motion is sure, a new frame goes only half of the way from what was
 * there to what was dreamed now. In place.
 */
export function calm(picture: Pixels, before: Pixels, { agreed }: Motion): void {
  picture.data.forEach((value, i) => {
    if (agreed[i % agreed.length] === 1) picture.data[i] = (value + (before.data[i] ?? 0)) / 2;
  });
}
