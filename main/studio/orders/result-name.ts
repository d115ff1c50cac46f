/** What a job's picture is called in the gallery, and its steps elsewhere. */
import { tidyName } from '../file-names.ts';
import type { RunRecord } from '../run-record.ts';

/** `cat-dream.png` for a dream of `cat.jpg`. */
export function resultName(run: RunRecord): string {
  return `${stemOf(run)}-${run.order.method}.png`;
}

/** What a job's files are called by: its picture. */
export function stemOf({ inputs }: RunRecord): string {
  return tidyName(inputs['source'] ?? '').stem;
}
