/** Names for results that nobody named. */
import { existsSync } from 'node:fs';
import { parse } from 'node:path';

/** A PNG's name in this folder that is not taken yet: `cat-dream.png`, `cat-dream-2.png`, …, for `…/cat.jpg` and `dream`. */
export function freeName(source: string, what: string): string {
  const stem = `${parse(source).name}-${what}`;
  for (let n = 1; ; n++) {
    const name = n === 1 ? `${stem}.png` : `${stem}-${n}.png`;
    if (!existsSync(name)) return name;
  }
}
