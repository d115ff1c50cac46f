/** A mask over its picture: what is inside is tinted, with an edge that is seen on any colour, and what is outside shows the picture as it is. */
import { HALF, isEmpty, type Box, type MaskBitmap } from './bitmap.ts';

/** More pixels than this on a side cannot be told apart in the window, and cost memory. */
const LONGEST_SIDE = 2048;

/** How much of the tint covers the picture, of 255. */
const OPACITY = 140;

/** The size of the canvas for a mask. */
export function overlaySize({ width, height }: MaskBitmap): { width: number; height: number } {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * Draws the part of a mask that lies in a box, in whole pixels of the mask.
 *
 * @param tint red, green and blue, of 255
 */
export function drawOverlay(
  canvas: HTMLCanvasElement,
  mask: MaskBitmap,
  box: Box,
  tint: readonly [number, number, number],
): void {
  const context = canvas.getContext('2d');
  if (context === null || isEmpty(box)) return;
  const [sx, sy] = [mask.width / canvas.width, mask.height / canvas.height];
  const left = Math.max(0, Math.floor(box.left / sx) - 1);
  const top = Math.max(0, Math.floor(box.top / sy) - 1);
  const right = Math.min(canvas.width, Math.ceil(box.right / sx) + 1);
  const bottom = Math.min(canvas.height, Math.ceil(box.bottom / sy) + 1);
  const image = context.createImageData(right - left, bottom - top);
  const valueAt = (x: number, y: number): number =>
    mask.data[Math.floor((y + 0.5) * sy) * mask.width + Math.floor((x + 0.5) * sx)] ?? 0;
  for (let y = top, i = 0; y < bottom; y++) {
    for (let x = left; x < right; x++, i += 4) {
      const value = valueAt(x, y);
      const isInside = value >= HALF;
      const isEdge =
        isInside !== valueAt(Math.max(x - 1, 0), y) >= HALF ||
        isInside !== valueAt(x, Math.max(y - 1, 0)) >= HALF;
      image.data.set(tint, i);
      image.data[i + 3] = isEdge ? 255 : (OPACITY * value) / 255;
    }
  }
  context.putImageData(image, left, top);
}
