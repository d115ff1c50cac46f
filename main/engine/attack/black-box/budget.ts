/** What attacks on a sealed victim share: a bound in whole levels, a part of the picture, and a number of queries. */
import type { Standing } from '../aim.ts';
import { crossEntropy, marginOf, type Goal } from '../goal.ts';
import type { Rectangle } from '../../../../shared/contract/examples.ts';

export interface BlackBoxOptions {
  readonly goal: Goal;
  /** Width of the picture, in pixels. */
  readonly width: number;
  /** The part of the picture that the victim sees; the rest stays as it is. How it crops is taken to be known. */
  readonly window: Rectangle;
  /** The largest change of a sample, in grey levels: victims are sent what a file could hold. */
  readonly reach: number;
  /** The most queries. */
  readonly queries: number;
  readonly seed: number;
}

/** Where an answer stands towards the goal. */
export function standingOf(answer: Float32Array, goal: Goal): Standing {
  const loss = crossEntropy(answer, goal.label);
  return { loss, probability: Math.exp(-loss), margin: marginOf(answer, goal) };
}
