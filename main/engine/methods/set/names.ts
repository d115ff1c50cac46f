/** What the results of a set are called: as their pictures or targets, in the same folders. */
import { shortName } from '../../../files/short-name.ts';

/** Paths of PNGs relative to the folder of the results, in the order of the units. */
export const resultNames = (units: readonly string[]): string[] =>
  resultStems(units).map((stem) => `${stem}.png`);

/**
 * The same without their extension, in the order of the units. Two that would share one, also where capitals do not
 * count, are told apart by their extensions (`cat-jpg`, `cat-webp`), and where these are alike, too, by numbers.
 */
export function resultStems(units: readonly string[]): string[] {
  const plain = units.map((unit) => stemOf(unit, false));
  const counts = new Map<string, number>();
  for (const stem of plain) counts.set(fold(stem), (counts.get(fold(stem)) ?? 0) + 1);
  const taken = new Set(plain.filter((stem) => counts.get(fold(stem)) === 1).map(fold));
  return units.map((unit, i) => {
    const stem = plain[i] ?? '';
    if (counts.get(fold(stem)) === 1) return stem;
    const told = stemOf(unit, true);
    let free = told;
    for (let n = 2; taken.has(fold(free)); n++) free = `${told}-${n}`;
    taken.add(fold(free));
    return free;
  });
}

const fold = (name: string): string => name.normalize('NFC').toLowerCase();

/** `below/cat.jpg` as `below/cat`, or `below/cat-jpg`. */
function stemOf(unit: string, withExtension: boolean): string {
  const [, folders = '', name = '', extension = ''] = /^(.*\/)?(.+?)(\.[^./]*)?$/s.exec(unit) ?? [];
  return `${folders}${shortName(name)}${withExtension ? extension.replace('.', '-') : ''}`;
}

/** Names of targets as files: `channel:mixed4a/11` as `channel-mixed4a-11`. */
export const targetName = (target: string): string => `${target.replace(/[^\w.-]+/g, '-')}.target`;
