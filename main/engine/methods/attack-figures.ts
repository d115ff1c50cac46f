/** The figures of an attack on many pictures. */
import type { AttackSetResult, AttackSetRow } from '../../../shared/contract/attack.ts';

/** How many of the pictures that count were fooled. */
export function tally(rows: readonly AttackSetRow[]): { fooled: number; counted: number } {
  const counting = rows.filter(({ counted }) => counted);
  return { fooled: counting.filter(({ success }) => success).length, counted: counting.length };
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

/** How often sealed victims were asked; null where there were none. */
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

/** Counts of what carries over: made against the row, seen by the column. */
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
