/** How sure one may be of a share that was counted. */

/** The normal distribution's 97.5 % quantile. */
const Z = 1.959964;

/** Wilson's interval of 95 % for `hits` of `count` (Wilson 1927); all of [0, 1] for none. */
export function wilson(hits: number, count: number): readonly [low: number, high: number] {
  if (count === 0) return [0, 1];
  const share = hits / count;
  const shrink = 1 + (Z * Z) / count;
  const centre = (share + (Z * Z) / (2 * count)) / shrink;
  const reach = (Z / shrink) * Math.sqrt((share * (1 - share)) / count + (Z * Z) / (4 * count * count));
  return [Math.max(centre - reach, 0), Math.min(centre + reach, 1)];
}
