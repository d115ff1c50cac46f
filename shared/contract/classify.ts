/** Which classes a network sees in pictures. */
import type { ClassProbability, Executed, PassedOver } from './result.ts';

export interface ClassifyResult extends Executed {
  images: readonly { path: string; classes: readonly ClassProbability[] }[];
  /** Of several pictures; a single one that cannot be read is refused. */
  failed: readonly PassedOver[];
}
