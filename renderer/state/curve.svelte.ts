/** The objective of a dream, step by step, fetched as it grows. */
import type { Studio } from '../../shared/studio/contract.ts';
import type { CurvePoint } from '../../shared/studio/jobs.ts';

export class Curve {
  points = $state.raw<readonly CurvePoint[]>([]);
  readonly #studio: Pick<Studio, 'curve'>;
  readonly #job: string;
  #fetching = false;
  #wanted = 0;

  constructor(studio: Pick<Studio, 'curve'>, job: string) {
    this.#studio = studio;
    this.#job = job;
  }

  /** Fetches what is new up to a step; calls while one is under way are joined into one more. */
  async reach(step: number): Promise<void> {
    this.#wanted = Math.max(this.#wanted, step);
    if (this.#fetching) return;
    this.#fetching = true;
    try {
      for (let before = -1; this.#last < this.#wanted && before !== this.#last;) {
        before = this.#last;
        const more = await this.#studio.curve({ job: this.#job, after: this.#last });
        if (more.length > 0) this.points = [...this.points, ...more];
      }
    } catch {
      // The picture does not depend on its curve; the next step asks again.
    } finally {
      this.#fetching = false;
    }
  }

  get #last(): number {
    return this.points.at(-1)?.step ?? 0;
  }
}

/** A curve as the points of a polyline in a box of the unit square, thinned to at most `most`; x runs from `first` to `last`. */
export function polyline(
  points: readonly CurvePoint[],
  first: number,
  last: number,
  most: number,
): readonly { x: number; y: number }[] {
  const every = Math.max(1, Math.ceil(points.length / most));
  const kept = points.filter((_, index) => index % every === 0 || index === points.length - 1);
  const values = kept.map(({ objective }) => objective);
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const range = high - low || 1;
  const width = last - first || 1;
  return kept.map(({ step, objective }) => ({ x: (step - first) / width, y: 1 - (objective - low) / range }));
}
