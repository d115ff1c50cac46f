/** A choice as people read it: `guided-backprop` → `Guided backprop`. Names that are written otherwise are listed. */
import { attributions } from '../../shared/recipes/explain.ts';

/** Names that the command line writes in small letters, and people do not. None of them is a word of a sentence. */
const SPELLED: Readonly<Record<string, string>> = {
  fgsm: 'FGSM',
  bim: 'BIM',
  pgd: 'PGD',
  'mi-fgsm': 'MI-FGSM',
  deepfool: 'DeepFool',
  cw: 'Carlini–Wagner',
  nes: 'NES',
  rays: 'RayS',
  eot: 'EOT',
  linf: 'L∞',
  l2: 'L2',
};

const NAMES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(attributions).map(([name, { label }]) => [name, label])),
  ...SPELLED,
  square: 'Square attack',
};

export function wordsOf(option: string): string {
  return NAMES[option] ?? option.charAt(0).toUpperCase() + option.slice(1).replaceAll('-', ' ');
}

const SPELLINGS = new RegExp(`(?<![\\w-])(${Object.keys(SPELLED).join('|')})(?![\\w-])`, 'g');

/** A sentence about settings, which are named in it as on the command line, as people read it. */
export const inWords = (sentence: string): string =>
  sentence.replace(SPELLINGS, (name) => SPELLED[name] ?? name);
