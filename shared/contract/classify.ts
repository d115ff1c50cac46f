/** Which classes a network sees in pictures. */
import type { AnswerKind } from './network-card.ts';
import type { ClassProbability, Executed, PassedOver } from './result.ts';

export interface ClassifyResult extends Executed {
  /** Whether the probabilities are of one class among all, or of each by itself. */
  answers: AnswerKind;
  images: readonly { path: string; classes: readonly ClassProbability[] }[];
  /** Of several pictures; a single one that cannot be read is refused. */
  failed: readonly PassedOver[];
}
