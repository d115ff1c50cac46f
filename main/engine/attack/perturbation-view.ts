/** What was changed, made visible: mid-grey where nothing was, ten times the change elsewhere. */
import type { Levels } from './lattice.ts';

/** How much a perturbation is amplified. */
export const GAIN = 10;

interface PerturbationView {
  /** 128 + gain·δ, planar; exact for |δ| ≤ 12 at a gain of 10. */
  readonly levels: Levels;
  readonly gain: number;
  /** Samples whose amplified change did not fit into 0…255, and is shown smaller than it is. */
  readonly clipped: number;
}

export function amplify(original: Levels, changed: Levels, gain = GAIN): PerturbationView {
  const levels = new Uint8Array(original.length);
  let clipped = 0;
  for (let i = 0; i < levels.length; i++) {
    const value = 128 + gain * ((changed[i] ?? 0) - (original[i] ?? 0));
    if (value < 0 || value > 255) clipped++;
    levels[i] = Math.min(Math.max(value, 0), 255);
  }
  return { levels, gain, clipped };
}
