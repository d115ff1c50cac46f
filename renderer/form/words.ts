/** A choice as people read it: `guided-backprop` → `Guided backprop`. Names that are written otherwise are listed. */
import { attributions } from '../../shared/recipes/explain.ts';

const NAMES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(attributions).map(([name, { label }]) => [name, label])),
  fgsm: 'FGSM',
  bim: 'BIM',
  pgd: 'PGD',
  'mi-fgsm': 'MI-FGSM',
  deepfool: 'DeepFool',
  cw: 'Carlini and Wagner',
  square: 'Square attack',
  nes: 'NES',
  rays: 'RayS',
  eot: 'EOT',
  linf: 'L∞',
  l2: 'L2',
};

export function wordsOf(option: string): string {
  return NAMES[option] ?? option.charAt(0).toUpperCase() + option.slice(1).replaceAll('-', ' ');
}
