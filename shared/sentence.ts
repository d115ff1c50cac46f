/**
 * Sentences that quote foreign text: the name of a tensor or a file may hold line ends, terminal codes and marks that turn the
 * direction of text round, or be a megabyte long.
 */

/** The longest quotation, and the longest sentence, in characters. */
const QUOTATION = 200;
const SENTENCE = 1000;

/** Control characters, ends of lines and of paragraphs, and what reorders text. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A sentence on one line and of a length that somebody reads; what was left out is shown by "…". */
export function asSentence(text: string): string {
  const line = text.replace(UNPRINTABLE, '\ufffd');
  if (line.length <= QUOTATION) return line;
  return shortened(
    line.replace(/"([^"]*)"/g, (_, quoted: string) => `"${shortened(quoted, QUOTATION)}"`),
    SENTENCE,
  );
}

/** The beginning and the end, which in a sentence says what to do. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const tail = Math.floor(most / 4);
  return `${text.slice(0, most - tail - 1)}…${text.slice(-tail)}`;
}
