/** "Did you mean …": the candidates nearest to what somebody typed, by edit distance. */

/** Levenshtein distance between two strings, ignoring case. */
function distance(a: string, b: string): number {
  const s = a.toLowerCase();
  const t = b.toLowerCase();
  let row = Array.from({ length: t.length + 1 }, (_, j) => j);
  for (let i = 1; i <= s.length; i++) {
    const next = [i];
    for (let j = 1; j <= t.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (s[i - 1] === t[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[t.length] ?? 0;
}

/** Up to `count` candidates closest to `word`; a candidate that contains the word counts as close. */
export function nearest(word: string, candidates: Iterable<string>, count = 3): string[] {
  const needle = word.toLowerCase();
  return (
    [...candidates]
      .map((name) => ({
        name,
        cost: Math.min(
          needle !== '' && name.toLowerCase().includes(needle) ? 0.25 : Infinity,
          distance(word, name) / Math.max(word.length, 1),
        ),
      }))
      .filter(({ cost }) => cost < 0.6)
      .sort((a, b) => a.cost - b.cost || a.name.length - b.name.length)
      // A candidate that is much closer drives the others out.
      .filter(({ cost }, _, [best]) => cost <= 2 * (best?.cost ?? 0))
      .slice(0, count)
      .map(({ name }) => name)
  );
}

/** A clause to end an error sentence with, or nothing when no candidate is close. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const close = nearest(word, candidates).map((name) => `"${name}"`);
  if (close.length === 0) return '';
  const last = close.pop() ?? '';
  return ` Did you mean ${close.length === 0 ? last : `${close.join(', ')} or ${last}`}?`;
}
