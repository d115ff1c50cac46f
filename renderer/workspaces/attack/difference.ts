/** What an attack changed, made visible while it grows; the finished one is measured on the file by the engine. */
import type { Frame } from '../../../shared/jobs.ts';

export interface Difference {
  /** Mid-grey where nothing changed, `gain` times the change elsewhere. */
  frame: Frame;
  /** Samples whose change is larger than can be shown. */
  clipped: number;
}

/** `undefined` for pictures of different sizes: what scaling changes would drown what the attack changes. */
export function differenceOf(original: Frame, changed: Frame, gain: number): Difference | undefined {
  const { width, height } = changed;
  if (original.width !== width || original.height !== height) return undefined;
  const rgba = new Uint8Array(changed.rgba.length);
  let clipped = 0;
  for (let i = 0; i < rgba.length; i++) {
    if (i % 4 === 3) {
      rgba[i] = 255;
      continue;
    }
    const value = 128 + gain * ((changed.rgba[i] ?? 0) - (original.rgba[i] ?? 0));
    if (value < 0 || value > 255) clipped++;
    rgba[i] = Math.min(Math.max(value, 0), 255);
  }
  return { frame: { width, height, rgba }, clipped };
}
