/** Which photos excite a unit most, and how its answers are distributed. */
import type { UnitExamples } from '../../../../shared/methods/examples.ts';
import type { Response } from './scan-program.ts';

/** A photo's answer of one layer. */
export interface Answer {
  readonly path: string;
  readonly response: Response;
}

/** The answer of one unit. */
export interface Peak {
  readonly path: string;
  readonly value: number;
  /** On the grid, rows one after the other. */
  readonly place: number;
}

/** Steps of a histogram. */
const BINS = 24;

/** The strongest answers of a channel, best first; equal ones in the order of the photos. */
export function strongest(answers: readonly Answer[], channel: number, top: number): Peak[] {
  return answers
    .map(({ path, response }) => ({
      path,
      value: response.peaks[channel] ?? 0,
      place: response.places[channel] ?? 0,
    }))
    .sort((a, b) => b.value - a.value)
    .slice(0, top);
}

/** How many photos reach which value, in equal steps from the smallest to the largest. */
export function histogramOf(answers: readonly Answer[], channel: number): UnitExamples['histogram'] {
  const values = answers.map(({ response }) => response.peaks[channel] ?? 0);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const counts = Array.from({ length: BINS }, () => 0);
  for (const value of values) {
    const bin = high === low ? 0 : Math.min(BINS - 1, Math.floor(((value - low) / (high - low)) * BINS));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { low, high, counts };
}
