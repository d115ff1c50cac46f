/** A choice as people read it: `guided-backprop` → `Guided backprop`. Names that are written otherwise are listed. */
import { attacks } from '../../shared/attacks/registry.ts';
import { attributions } from '../../shared/recipes/attributions.ts';

const ATTACKS = Object.entries(attacks).map(([name, { label }]) => [name, label] as const);

/** Names within sentences that people spell otherwise. A word such as "patch", whose label is no name, stays as it is. */
const SPELLED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(ATTACKS.filter(([, label]) => /.[A-Z]/.test(label))),
  linf: 'L∞',
  l2: 'L2',
};

const NAMES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(attributions).map(([name, { label }]) => [name, label])),
  ...Object.fromEntries(ATTACKS),
  ...SPELLED,
};

export function wordsOf(option: string): string {
  return NAMES[option] ?? option.charAt(0).toUpperCase() + option.slice(1).replaceAll('-', ' ');
}

const SPELLINGS = new RegExp(`(?<![\\w-])(${Object.keys(SPELLED).join('|')})(?![\\w-])`, 'g');

/** A sentence about settings, which are named in it as on the command line, as people read it. */
export const inWords = (sentence: string): string =>
  sentence.replace(SPELLINGS, (name) => SPELLED[name] ?? name);
