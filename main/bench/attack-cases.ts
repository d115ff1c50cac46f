/**
 * The attacks that are measured: the published set-ups, and every other attack of the table with what it does by default. Results
 * are kept under these names and settings.
 */
import { attackNames, attacks, type AttackMethod, type Family } from '../../shared/attacks/registry.ts';

export interface AttackCase {
  readonly name: string;
  readonly settings: { readonly method: AttackMethod } & Readonly<Record<string, unknown>>;
  /** Photos are cut to what the network sees first, as the publications do. */
  readonly cropped?: true;
}

const BUDGET = { eps: 8 / 255, step: 2 / 255 };

const STANDARD: readonly AttackCase[] = [
  { name: 'FGSM, ε = 2/255', settings: { method: 'fgsm', eps: 2 / 255 } },
  { name: 'FGSM, ε = 8/255', settings: { method: 'fgsm', eps: 8 / 255 } },
  { name: 'PGD 10 × 2/255, ε = 8/255', settings: { method: 'pgd', steps: 10, ...BUDGET } },
  {
    name: 'PGD 40 × 2/255, ε = 8/255, towards a random class',
    settings: { method: 'pgd', steps: 40, target: 'random', ...BUDGET },
  },
  { name: 'DeepFool, L2, on the crop', settings: { method: 'deepfool' }, cropped: true },
  { name: 'Carlini–Wagner 5 × 100, L2, on the crop', settings: { method: 'cw' }, cropped: true },
];

/** Attacks whose results are shown to all networks. */
export const TRANSFERS: readonly AttackCase[] = [
  { name: 'I-FGSM 10 × 2/255, ε = 8/255', settings: { method: 'bim', steps: 10, ...BUDGET } },
  { name: 'MI-FGSM 10 × 2/255, ε = 8/255', settings: { method: 'mi-fgsm', steps: 10, ...BUDGET } },
];

const ANSWERS: readonly AttackCase[] = [
  { name: 'Square, ε = 0.05, 10,000 queries', settings: { method: 'square', eps: 0.05 }, cropped: true },
  { name: 'NES, ε = 0.05, 10,000 queries', settings: { method: 'nes', eps: 0.05 }, cropped: true },
  { name: 'RayS, ε = 0.05, 10,000 queries', settings: { method: 'rays', eps: 0.05 }, cropped: true },
  ...[16, 8].map((levels) => ({
    name: `substitute (dreamnet), ε = ${levels}/255, 10,000 queries`,
    settings: { method: 'substitute', substitute: 'dreamnet', eps: levels / 255 } as const,
    cropped: true as const,
  })),
];

/** Judged by 100 fresh transforms of every photo. */
const BOUND = { eps: 16 / 255, steps: 40, fresh: 100 };

/** A picture held at any angle, in bad light, before a poor camera: all kinds at about twice their usual range. */
const ROUGH =
  'rotation:45 scale:0.6 perspective:0.1 translation:0.1 brightness:0.2 contrast:0.4 gamut:0.15 blur:2 noise:0.04 jpeg:70';

const CAMERAS: readonly { title: string; settings: Readonly<Record<string, unknown>> }[] = [
  { title: 'the usual camera', settings: {} },
  { title: 'towards a random class, the usual camera', settings: { target: 'random' } },
  { title: 'a rough camera', settings: { transforms: ROUGH } },
];

/** Before each camera one attack that expects it, and one that does not. */
const FILMED: readonly AttackCase[] = CAMERAS.flatMap(({ title, settings }): AttackCase[] => [
  { name: `EOT 40 × 8, ${title}`, settings: { method: 'eot', ...settings, ...BOUND }, cropped: true },
  { name: `PGD 40, ${title}`, settings: { method: 'pgd', ...settings, ...BOUND }, cropped: true },
]);

const named = new Set(
  [...STANDARD, ...TRANSFERS, ...ANSWERS, ...FILMED].map(({ settings }) => settings.method),
);

const others = (...of: readonly Family[]): AttackCase[] =>
  attackNames
    .filter((method) => of.includes(attacks[method].family) && !named.has(method))
    .map((method) => ({
      name: `${attacks[method].label}, as it is by default`,
      settings: { method },
      cropped: true,
    }));

/** Attacks that know the network. */
export const WHITE_BOX: readonly AttackCase[] = [...STANDARD, ...others('within', 'smallest')];

export const BLACK_BOX: readonly AttackCase[] = [...ANSWERS, ...others('black-box')];

/** Attacks before cameras. */
export const PHYSICAL: readonly AttackCase[] = [...FILMED, ...others('physical')];
