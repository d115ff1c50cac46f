/**
 * The settings of an attack: how a picture is changed, as little as possible, so that a network sees something else. The
 * published defaults of each method, with ε in pixel units, where a sample runs from 0 to 1.
 */
import { seed } from './common.ts';
import type { Fields, SettingsOf } from './fields.ts';

export const attack = {
  method: {
    kind: 'choice',
    label: 'Method',
    help: 'fgsm, bim, pgd and mi-fgsm stay within ε; deepfool and cw look for the smallest change; square and nes know only answers',
    default: 'pgd',
    options: ['fgsm', 'bim', 'pgd', 'mi-fgsm', 'deepfool', 'cw', 'square', 'nes'],
  },
  target: {
    kind: 'text',
    label: 'Target',
    help: 'The class to be seen: class:<name or index>, least-likely or random',
    default: null,
    auto: 'anything but what is seen now',
  },
  norm: {
    kind: 'choice',
    label: 'Norm',
    help: 'How a change is measured: its largest sample (linf) or its Euclidean length (l2)',
    default: null,
    options: ['linf', 'l2'],
    auto: 'linf; l2 for deepfool, cw',
  },
  eps: {
    kind: 'fraction',
    label: 'Bound ε',
    help: 'The most a picture may change, such as 8/255; in L2 the length over all samples',
    default: null,
    auto: '8/255 in linf, 3 in l2',
    min: 0,
    max: 100,
  },
  step: {
    kind: 'fraction',
    label: 'Step',
    help: 'How far each step goes',
    default: null,
    auto: 'a quarter of ε, all of it for fgsm',
    min: 0,
    max: 100,
    advanced: true,
  },
  steps: {
    kind: 'integer',
    label: 'Steps',
    help: 'How many steps are taken, for cw in each trial',
    default: null,
    auto: '10, 40 towards a target, 50 for deepfool, 100 for cw',
    min: 0,
    max: 10000,
  },
  restarts: {
    kind: 'integer',
    label: 'Restarts',
    help: 'How often pgd may begin at another random point when it fails',
    default: 1,
    min: 1,
    max: 100,
    advanced: true,
  },
  minimal: {
    kind: 'boolean',
    label: 'Smallest ε',
    help: 'Search the smallest ε that succeeds, instead of using the one given',
    default: false,
  },
  confidence: {
    kind: 'number',
    label: 'Confidence',
    help: 'The lead in logits that cw asks for',
    default: 0,
    min: 0,
    max: 1000,
    step: 1,
    advanced: true,
  },
  trials: {
    kind: 'integer',
    label: 'Trials',
    help: 'How many balances between change and goal cw tries',
    default: 5,
    min: 1,
    max: 20,
    advanced: true,
  },
  queries: {
    kind: 'integer',
    label: 'Queries',
    help: 'How often square and nes may ask the network what it sees',
    default: 10000,
    min: 2,
    max: 10000000,
    advanced: true,
  },
  ensemble: {
    kind: 'text',
    label: 'Ensemble',
    help: 'Further networks to be fooled at the same time, separated by commas',
    default: null,
    auto: 'none',
    advanced: true,
  },
  seed,
} as const satisfies Fields;

export type AttackSettings = SettingsOf<typeof attack>;
export type AttackMethod = AttackSettings['method'];
