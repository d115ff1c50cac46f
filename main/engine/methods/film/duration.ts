/** How long a film will take, told before it begins. */
import { encodePng } from '../../imaging/codec.ts';
import type { Pixels } from '../../imaging/pixels.ts';

/** It is measured where there is more to be made than so many frames. */
const MEASURED_FROM = 8;

/**
 * By one frame that is made for this alone, once its programs are prepared.
 *
 * @param frames how many there are to be made, in those that `make` makes
 */
export async function durationNotes(frames: number, make: () => Promise<Pixels>): Promise<string[]> {
  if (frames <= MEASURED_FROM) return [];
  await make();
  const began = performance.now();
  await encodePng(await make());
  return [`It will take about ${inTime((frames * (performance.now() - began)) / 1000)}.`];
}

/** @param seconds of which nobody needs to know more than two digits */
function inTime(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} seconds`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} minutes`;
  return `${(seconds / 3600).toFixed(1)} hours`;
}
