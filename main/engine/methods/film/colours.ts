/** The colours of a film are held: mean and deviation of each channel stay those of its first frame, so that it neither darkens nor pales. */
import type { Pixels } from '../../imaging/pixels.ts';

/** Of one channel, in [0, 1]. */
interface Spread {
  readonly mean: number;
  readonly deviation: number;
}
/** Of red, green and blue. */
export type Colours = readonly Spread[];

/** A flat picture would keep its dream from being seen: so much deviation a film may always have. */
const LEAST_DEVIATION = 0.06;
/** A frame is not stretched by more than this, or the noise of a flat one would be all there is. */
const MOST_GAIN = 2;
/** Values that leave [0, 1] are cut off, which moves the mean: again so many times. */
const ROUNDS = 3;

export function coloursOf({ width, height, data }: Pixels): Colours {
  const plane = width * height;
  return [0, 1, 2].map((channel) => spreadOf(data.subarray(channel * plane, (channel + 1) * plane)));
}

/** What a film holds on to from its first frame. */
export const coloursToHold = (first: Pixels): Colours =>
  coloursOf(first).map(({ mean, deviation }) => ({ mean, deviation: Math.max(deviation, LEAST_DEVIATION) }));

/** Brings each channel to the mean and the deviation that are held, within [0, 1]; in place. */
export function holdColours({ width, height, data }: Pixels, held: Colours): void {
  const plane = width * height;
  held.forEach(({ mean, deviation }, channel) => {
    const samples = data.subarray(channel * plane, (channel + 1) * plane);
    for (let round = 0; round < ROUNDS; round++) {
      const now = spreadOf(samples);
      const gain = Math.min(deviation / Math.max(now.deviation, 1e-6), MOST_GAIN);
      for (let i = 0; i < plane; i++)
        samples[i] = Math.min(Math.max(mean + gain * ((samples[i] ?? 0) - now.mean), 0), 1);
    }
  });
}

function spreadOf(samples: Float32Array): Spread {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i] ?? 0;
  const mean = sum / samples.length;
  let squares = 0;
  for (let i = 0; i < samples.length; i++) squares += ((samples[i] ?? 0) - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / samples.length) };
}

/** Mean grey level, 0 to 255. */
export const brightnessOf = (picture: Pixels): number =>
  (255 / 3) * coloursOf(picture).reduce((sum, { mean }) => sum + mean, 0);
