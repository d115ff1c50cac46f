/** What attacks on a black box share: a bound in whole levels, a part of the picture, and a number of queries. */
import type { Rectangle } from '../../../../shared/methods/examples.ts';
import type { Goal } from '../goal.ts';

export interface BlackBoxOptions {
  readonly goal: Goal;
  /** Width of the picture, in pixels. */
  readonly width: number;
  /** The part of the picture that the network sees; the rest stays as it is. How it crops is taken to be known. */
  readonly window: Rectangle;
  /** The largest change of a sample, in grey levels: what is sent is what a file could hold. */
  readonly reach: number;
  /** The most queries. */
  readonly queries: number;
  readonly seed: number;
}
