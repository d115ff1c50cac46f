/** Which classes a network sees in pictures. */
import type { ClassProbability, Executed } from './result.ts';

export interface ClassifyResult extends Executed {
  images: readonly { path: string; classes: readonly ClassProbability[] }[];
}
