/** Numbers of which measures consist. */

/** The area under points at equal steps from 0 to 1, by the trapezoidal rule. */
export function areaUnder(values: readonly number[]): number {
  const steps = values.length - 1;
  return values.reduce((sum, value, i) => sum + (i === 0 || i === steps ? value / 2 : value), 0) / steps;
}

/** Pearson's correlation; null where either list is constant. */
export function correlation(a: readonly number[], b: readonly number[]): number | null {
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, i) => {
    const [x, y] = [value - ma, (b[i] ?? 0) - mb];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  });
  return aa === 0 || bb === 0 ? null : ab / Math.sqrt(aa * bb);
}

/** Gini's coefficient of the sizes of values: 0 where all are the same, 1 where a single one has everything; 0 for zeros. */
export function gini(values: Float32Array): number {
  const sizes = Float64Array.from(values, Math.abs).sort();
  const count = sizes.length;
  let [total, weighted] = [0, 0];
  sizes.forEach((size, i) => {
    total += size;
    weighted += (2 * (i + 1) - count - 1) * size;
  });
  return total === 0 ? 0 : weighted / (count * total);
}
