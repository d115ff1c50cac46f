/** What survives cameras: attacks that expect transforms beside one that does not, each judged by 100 fresh ones of every photo. */
import type { AttackCase } from './attacks-set.ts';

/** Views that judge a result. */
const FRESH = 100;

const BOUND = { eps: 16 / 255, steps: 40, fresh: FRESH };

/** A hand that holds the picture anyhow, in bad light, with a poor camera: all kinds at about twice their usual range. */
const ROUGH =
  'rotation:45 scale:0.6 perspective:0.1 translation:0.1 brightness:0.2 contrast:0.4 gamut:0.15 blur:2 noise:0.04 jpeg:70';

const CAMERAS: readonly { title: string; settings: Readonly<Record<string, unknown>> }[] = [
  { title: 'the usual camera', settings: {} },
  { title: 'towards a random class, the usual camera', settings: { target: 'random' } },
  { title: 'a rough camera', settings: { transforms: ROUGH } },
];

/** Before each camera one attack that expects it, and one that does not. */
export const PHYSICAL: readonly AttackCase[] = CAMERAS.flatMap(({ title, settings }) => [
  { name: `EOT 40 × 8, ${title}`, settings: { method: 'eot', ...settings, ...BOUND }, cropped: true },
  { name: `PGD 40, ${title}`, settings: { method: 'pgd', ...settings, ...BOUND }, cropped: true },
]);
