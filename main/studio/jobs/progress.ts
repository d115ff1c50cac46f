/** How far a job is, and how long it still takes. */
import type { Step } from '../../../shared/jobs.ts';
import { anyMethod } from '../../../shared/methods/registry.ts';
import type { Order, Progress } from '../../../shared/studio/jobs.ts';

/** Steps over which the pace is averaged. */
const RECENT = 5;

/** The pace of a job that runs. */
export class Pace {
  /** How much longer the steps of an octave take than those of the one before. */
  readonly #growth: number;
  /** Of the last steps in the present octave, in ms. */
  #recent: number[] = [];
  #octave = 1;

  constructor({ method, settings }: Order) {
    const growth = anyMethod[method].growth as ((settings: object) => number) | undefined;
    this.#growth = growth?.(settings) ?? 1;
  }

  /** How far the job is after the next step. */
  after({ step, of, stage, objective, ms }: Step): Progress {
    const { octave, octaves } = stage ?? { octave: 1, octaves: 1 };
    this.#recent = [...(octave === this.#octave ? this.#recent : []), ms].slice(-RECENT);
    this.#octave = octave;
    const msPerStep = this.#recent.reduce((sum, each) => sum + each, 0) / this.#recent.length;
    const perOctave = of / octaves;
    let msLeft = msPerStep * (octave * perOctave - step);
    for (let later = 1; later <= octaves - octave; later++)
      msLeft += msPerStep * perOctave * this.#growth ** later;
    return {
      step,
      of,
      stage: stage ?? null,
      objective: objective ?? null,
      msPerStep,
      secondsLeft: msLeft / 1000,
    };
  }
}
