/** How far a job is, and how long it still takes. */
import type { Step } from '../../../shared/jobs.ts';
import type { CurvePoint, Order, Progress } from '../../../shared/studio/jobs.ts';

/** Steps over which the pace is averaged. */
const RECENT = 5;

/** @param curve Ends with this step. */
export function progressOf(event: Step, curve: readonly CurvePoint[], order: Order): Progress {
  const { step, of, octave, octaves, width, height, objective } = event;
  // How much larger the sides of an octave are than of the one before.
  const octaveScale = order.method === 'dream' ? order.settings.octaveScale : 1;
  const recent = curve.filter((point) => point.octave === octave).slice(-RECENT);
  const msPerStep = recent.reduce((sum, { ms }) => sum + ms, 0) / Math.max(recent.length, 1);
  const perOctave = of / octaves;
  // A step's time grows with the number of pixels.
  let msLeft = msPerStep * (octave * perOctave - step);
  for (let later = 1; later <= octaves - octave; later++)
    msLeft += msPerStep * perOctave * octaveScale ** (2 * later);
  return { step, of, octave, octaves, width, height, objective, msPerStep, secondsLeft: msLeft / 1000 };
}
