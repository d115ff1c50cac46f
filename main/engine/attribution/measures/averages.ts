/** What measures of many photos say together: means with bootstrap intervals, and whether a map is better than a dummy in most. */
import type { MeanMeasures, MeanScaled, Measures, Spread } from '../../../../shared/methods/measure-set.ts';
import { random, uniformInteger } from '../../ascent/random.ts';
import { merits } from './verdict.ts';

/** Samples of the photos, with replacement, from which an interval is taken (percentiles, Efron 1979). */
export const RESAMPLES = 2000;

/** 95 %. */
const TAIL = 0.025;

/** The mean, and the interval that holds it in 95 of 100 samples of as many photos; the same for the same seed. */
export function spreadOf(values: readonly number[], seed: number): Spread {
  const meanOf = (pick: (i: number) => number): number => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += pick(i);
    return sum / values.length;
  };
  const next = random(seed, values.length);
  const last = values.length - 1;
  const means = Float64Array.from({ length: RESAMPLES }, () =>
    meanOf(() => values[uniformInteger(next, 0, last)] ?? 0),
  ).sort();
  const at = (share: number): number => means[Math.round(share * (RESAMPLES - 1))] ?? 0;
  return { mean: meanOf((i) => values[i] ?? 0), interval: [at(TAIL), at(1 - TAIL)] };
}

/** Of one map over all photos. A measure that some photo has no number for counts only those that have one. */
export function averageOf(all: readonly Measures[], seed: number): MeanMeasures {
  const over = (pick: (measures: Measures) => number | null): Spread | null => {
    const values = all.map(pick).filter((value) => value !== null);
    return values.length === 0 ? null : spreadOf(values, seed);
  };
  const sure = (pick: (measures: Measures) => number): Spread => spreadOf(all.map(pick), seed);
  const scaled = (name: 'deletion' | 'insertion' | 'road'): MeanScaled => ({
    logit: sure((measures) => measures[name].logit),
    probability: over((measures) => measures[name].probability),
  });
  return {
    deletion: scaled('deletion'),
    insertion: scaled('insertion'),
    road: scaled('road'),
    fidelity: over(({ fidelity }) => fidelity),
    sparseness: sure(({ sparseness }) => sparseness),
  };
}

/** In how many measures one map is better than another, photo by photo: where the whole interval of the difference says so. */
export function surelyBetter(maps: readonly Measures[], others: readonly Measures[], seed: number): number {
  const pairs = maps.map((map, i) => ({ own: merits(map), other: merits(others[i] ?? map) }));
  const names = merits(maps[0] as Measures).map((_, k) => k);
  return names.filter((k) => {
    const differences = pairs.map(({ own, other }) => (own[k] ?? 0) - (other[k] ?? 0));
    return spreadOf(differences, seed).interval[0] > 0;
  }).length;
}
