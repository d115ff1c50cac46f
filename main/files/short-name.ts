/** Names that every file system takes. They count bytes, not characters: 255, of which a Chinese character takes three. */

/** Room for a number, for what a result is, and for an extension. */
const MOST_BYTES = 180;

/** The beginning of a name, in at most so many bytes of UTF-8, cut between what people see as characters. */
export function shortName(name: string, most = MOST_BYTES): string {
  if (Buffer.byteLength(name) <= most) return name;
  let short = '';
  let bytes = 0;
  for (const { segment } of new Intl.Segmenter().segment(name)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > most) break;
    short += segment;
  }
  return short.trimEnd();
}
