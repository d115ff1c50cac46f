/** The live picture: frames drawn as the screen is ready for them, the newest each time, and none asked for before that. */
import type { Frame } from '../../shared/jobs.ts';
import { until } from '../../shared/relay.ts';
import type { LiveFrame } from '../../shared/studio/jobs.ts';

/** Pulls frames until they end or `signal` is aborted. A frame is pulled only when the one before has been drawn. */
export async function watchFrames(
  frames: AsyncIterable<LiveFrame>,
  draw: (frame: LiveFrame) => void,
  nextPaint: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for await (const frame of until(frames, signal)) {
    await nextPaint();
    if (signal.aborted) return;
    draw(frame);
  }
}

/** Puts a frame on a canvas of its own size; the page scales it. Both happen before the next paint, so nothing flickers. */
export function drawFrame(canvas: HTMLCanvasElement, { width, height, rgba }: Frame): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  // A view of the frame's own bytes where they can be shared with the page's types, else a copy.
  const { buffer, byteOffset, length } = rgba;
  const pixels =
    buffer instanceof ArrayBuffer
      ? new Uint8ClampedArray(buffer, byteOffset, length)
      : new Uint8ClampedArray(rgba);
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
}

export function nextPaint(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => resolve()));
}
