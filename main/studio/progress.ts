/** How far a job is, and how long it still takes. */
import type { Step } from '../../shared/jobs.ts';
import type { CurvePoint, Progress } from '../../shared/studio/jobs.ts';

/** Steps over which the pace is averaged. */
const RECENT = 5;

/** @param curve Ends with this step. @param octaveScale How much larger the sides of an octave are than of the one before. */
export function progressOf(event: Step, curve: readonly CurvePoint[], octaveScale: number): Progress {
  const { step, of, octave, octaves, width, height, objective } = event;
  const recent = curve.filter((point) => point.octave === octave).slice(-RECENT);
  const msPerStep = recent.reduce((sum, { ms }) => sum + ms, 0) / Math.max(recent.length, 1);
  const perOctave = of / octaves;
  // A step's time grows with the number of pixels.
  let msLeft = msPerStep * (octave * perOctave - step);
  for (let later = 1; later <= octaves - octave; later++)
    msLeft += msPerStep * perOctave * octaveScale ** (2 * later);
  return { step, of, octave, octaves, width, height, objective, msPerStep, secondsLeft: msLeft / 1000 };
}
