/** The figures of an attack on many pictures. */
import { reads } from '../../../../../shared/attacks/registry.ts';
import type { AttackSetResult, AttackSetRow, RobustAccuracy } from '../../../../../shared/methods/attack.ts';
import type { AttackSettings } from '../../../../../shared/recipes/attack.ts';
import { wilson } from '../../../attack/eot/wilson.ts';
import { argmax } from '../../../attack/goal.ts';
import type { AttackedPicture } from './attacked.ts';
import type { Prediction, SetPicture } from './pictures.ts';
import { labelOf } from '../../common/classify.ts';

/**
 * @param attacked null where the picture does not count
 * @param trained whether the patch for all was trained on it; null where there is none
 */
export function rowOf(
  { path, original, predictions }: SetPicture,
  attacked: AttackedPicture | null,
  trained: boolean | null,
): AttackSetRow {
  const [prediction] = predictions;
  if (prediction === undefined) throw new Error('There is no network.');
  const before = likeliest(prediction);
  const norms = attacked?.norms ?? { l0: 0, l2: 0, linf: 0 };
  const { l2, linf, margin } = attacked?.unrounded ?? { l2: 0, linf: 0, margin: -Infinity };
  const length = Math.sqrt(original.reduce((sum, level) => sum + level * level, 0));
  return {
    image: path,
    truth: prediction.label ?? -1,
    before,
    after: attacked?.top[0] ?? before,
    counted: attacked !== null,
    success: attacked?.success ?? false,
    norms,
    relativeL2: share(norms.l2, length),
    queries: attacked?.queries ?? null,
    substitute: attacked?.substitute ?? null,
    brokenBy: attacked?.brokenBy ?? null,
    views: attacked?.views ?? null,
    trained: attacked === null ? null : trained,
    unrounded: { success: margin > 0, l2, linf, relativeL2: share(l2, length) },
  };
}

/** A black picture has no length to compare with. */
const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** The class that a network sees, with its probability. */
function likeliest({ victim, scores }: Prediction) {
  const index = argmax(scores);
  const top = scores[index] ?? 0;
  const probability = 1 / scores.reduce((sum, score) => sum + Math.exp(score - top), 0);
  return { index, label: labelOf(victim.context.model, index), probability };
}

/** How many of the pictures that count were fooled. */
export function tally(rows: readonly AttackSetRow[]): { fooled: number; counted: number } {
  const counting = rows.filter(({ counted }) => counted);
  return { fooled: counting.filter(({ success }) => success).length, counted: counting.length };
}

/** The accuracy that an attack leaves; null where its success says nothing of that. */
export function robustnessOf(settings: AttackSettings, rows: readonly AttackSetRow[]): RobustAccuracy | null {
  const { method, target, minimal } = settings;
  if (rows.length === 0 || target !== null || minimal || !reads(method, 'eps')) return null;
  const { fooled, counted } = tally(rows);
  const robust = counted - fooled;
  return { robust, of: rows.length, interval: wilson(robust, rows.length) };
}

/** Medians over pictures; null for none. */
export function mediansOf(rows: readonly AttackSetRow[]): AttackSetResult['median'] {
  if (rows.length === 0) return null;
  return {
    l2: median(rows.map(({ norms }) => norms.l2)),
    linf: median(rows.map(({ norms }) => norms.linf)),
    relativeL2: median(rows.map(({ relativeL2 }) => relativeL2)),
    unrounded: median(rows.map(({ unrounded }) => unrounded.relativeL2)),
  };
}

/** How often black boxes were asked; null where there were none. */
export function queriesOf(rows: readonly AttackSetRow[]): AttackSetResult['queries'] {
  const counts = rows.flatMap(({ queries }) => (queries === null ? [] : [queries]));
  if (counts.length === 0) return null;
  return { mean: counts.reduce((a, b) => a + b, 0) / counts.length, median: median(counts) };
}

/** Of an even number, the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? 0)) / 2;
}

/** Counts of transfers: made against the row, seen by the column. */
export class Matrix {
  readonly counts: { readonly fooled: number[][]; readonly counted: number[][] };

  constructor(size: number) {
    const zeros = () => Array.from({ length: size }, () => new Array<number>(size).fill(0));
    this.counts = { fooled: zeros(), counted: zeros() };
  }

  add(row: number, column: number, fooled: boolean): void {
    count(this.counts.counted[row], column);
    if (fooled) count(this.counts.fooled[row], column);
  }
}

function count(line: number[] | undefined, column: number): void {
  if (line !== undefined) line[column] = (line[column] ?? 0) + 1;
}
