/** Stars and labels by keys, and what several pictures have in common. */
import { labels, MOST_STARS, type Label, type Mark, type Picture } from '../../../shared/studio/gallery.ts';

/** The key of the first label; those of the others follow. */
const FIRST_LABEL = 6;

/** What all of them have; `undefined` where they differ. */
export function sharedMark(pictures: readonly Picture[]): {
  stars: number | undefined;
  label: Label | null | undefined;
} {
  const [first, ...others] = pictures;
  return {
    stars: others.every(({ stars }) => stars === first?.stars) ? first?.stars : undefined,
    label: others.every(({ label }) => label === first?.label) ? first?.label : undefined,
  };
}

/** What a key says of pictures; `undefined` for any other key. The key of a label that all have takes it away. */
export function markOf(key: string, pictures: readonly Picture[]): Partial<Mark> | undefined {
  if (!/^\d$/.test(key)) return undefined;
  const number = Number(key);
  if (number <= MOST_STARS) return { stars: number };
  const label = labels[number - FIRST_LABEL];
  if (label === undefined) return undefined;
  return { label: sharedMark(pictures).label === label ? null : label };
}
