/** A list of numbers as the path of a line in a box of 1000 × 100, with a margin of 2 above and below. */

/** More points than this cannot be told apart. */
const MOST = 500;

/** @param low at the bottom @param high at the top */
export function lineOf(values: readonly number[], low: number, high: number): string {
  const every = Math.max(1, Math.ceil(values.length / MOST));
  const range = high - low || 1;
  const width = Math.max(values.length - 1, 1);
  return values
    .flatMap((value, i) => {
      if (!Number.isFinite(value) || (i % every !== 0 && i !== values.length - 1)) return [];
      return [`${rounded((1000 * i) / width)} ${rounded(98 - (96 * (value - low)) / range)}`];
    })
    .map((point, i) => `${i === 0 ? 'M' : 'L'}${point}`)
    .join('');
}

const rounded = (value: number): number => Math.round(10 * value) / 10;
