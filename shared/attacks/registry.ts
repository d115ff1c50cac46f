/**
 * The attacks, one entry for each. Flags, help, the words for what is automatic, checks, plans, forms, the table in
 * docs/attacks.md and the benchmark's list follow from this table; how an attack runs is its entry in the engine's table
 * (main/engine/methods/attack/attacks).
 */

/** How a change is measured: by its largest sample, or by its Euclidean length. */
export type Norm = 'linf' | 'l2';

/** What a family of attacks is after, as a title and as a sentence about one of them and about several. */
export const families = {
  within: { title: 'Within ε', one: 'stays within ε', several: 'stay within ε' },
  smallest: {
    title: 'Smallest change',
    one: 'looks for the smallest change',
    several: 'look for the smallest change',
  },
  'black-box': { title: 'Black box', one: 'knows only answers', several: 'know only answers' },
  physical: { title: 'Physical', one: 'withstands transforms', several: 'withstand transforms' },
} as const;

export type Family = keyof typeof families;

/** Settings that not every attack reads. The others (`method`, `seed`, and how the result is judged) are read for all. */
export type OwnSetting =
  | 'target'
  | 'norm'
  | 'eps'
  | 'step'
  | 'steps'
  | 'restarts'
  | 'loss'
  | 'minimal'
  | 'confidence'
  | 'trials'
  | 'queries'
  | 'substitute'
  | 'samples'
  | 'mask'
  | 'placement'
  | 'patchSize'
  | 'ensemble';

export interface Attack {
  /** As people write it. */
  readonly label: string;
  readonly family: Family;
  /** Where an attack does something else than its family: that, to follow its name. */
  readonly does?: string;
  /** What it does, with its constants, for the documentation. */
  readonly definition: string;
  readonly publication: string;
  /** What it may ask of the network: anything, or only what comes out of it. */
  readonly access: 'gradients' | 'probabilities' | 'label';
  /** Norms that it can measure a change in, the usual one first; none where a change has no bound. */
  readonly norms: readonly Norm[];
  /** What it reads of the settings that not every attack reads. */
  readonly settings: readonly OwnSetting[];
  /** What stands in for settings that are not given. */
  readonly defaults: {
    readonly steps?: Steps;
    /** A share of ε, or a size in pixel units, where a sample runs from 0 to 1. */
    readonly step?: { readonly ofEpsilon: number } | { readonly size: number };
    /** Fresh views of the result; none where this is absent. */
    readonly fresh?: number;
  };
  /** Classes that are tried in turn where there is no target, each with all steps. */
  readonly turns?: number;
  /** Attacks that it is made of, with the most steps of each. */
  readonly parts?: Readonly<Record<string, number>>;
  /** Queries that a step costs, where these limit the steps. */
  readonly queriesPerStep?: number;
  /** What its curve shows, where that is not the loss. */
  readonly curve?: string;
}

export interface Steps {
  readonly usual: number;
  /** Towards a target. */
  readonly targeted?: number;
  /** For a patch that works anywhere. */
  readonly anywhere?: number;
  /** No more than these are of any use. */
  readonly most?: number;
}

const WITHIN = ['target', 'norm', 'eps', 'step', 'steps', 'minimal', 'ensemble'] as const;

/** Classes that attacks towards single ones try in turn, the likeliest first; fewer where a network has no more. */
export const TARGETS = 9;

/** The attacks that `standard` runs in turn until one succeeds, with the most steps of each. */
export const standardParts = {
  'apgd-ce': 100,
  'apgd-t': 100 * TARGETS,
  'fab-t': 100 * TARGETS,
  square: 5000,
} as const;

export type StandardPart = keyof typeof standardParts;

/** In the order of lists and forms. */
const table = {
  fgsm: {
    label: 'FGSM',
    family: 'within',
    definition:
      'one step of size ε along the sign of the gradient (L∞), or along the gradient divided by its length (L2)',
    publication: 'Goodfellow et al. 2015',
    access: 'gradients',
    norms: ['linf', 'l2'],
    settings: WITHIN,
    defaults: { steps: { usual: 1, most: 1 }, step: { ofEpsilon: 1 } },
  },
  bim: {
    label: 'BIM',
    family: 'within',
    definition: 'I-FGSM: several steps of ε/4, each projected back into the ball',
    publication: 'Kurakin et al. 2017',
    access: 'gradients',
    norms: ['linf', 'l2'],
    settings: WITHIN,
    defaults: { steps: { usual: 10, targeted: 40 }, step: { ofEpsilon: 1 / 4 } },
  },
  pgd: {
    label: 'PGD',
    family: 'within',
    definition: 'as `bim`, from a random point of the ball, with restarts',
    publication: 'Madry et al. 2018',
    access: 'gradients',
    norms: ['linf', 'l2'],
    settings: [...WITHIN, 'restarts'],
    defaults: { steps: { usual: 10, targeted: 40 }, step: { ofEpsilon: 1 / 4 } },
  },
  'mi-fgsm': {
    label: 'MI-FGSM',
    family: 'within',
    definition: 'as `bim`, with momentum, μ = 1, over gradients divided by their mean size',
    publication: 'Dong et al. 2018',
    access: 'gradients',
    norms: ['linf', 'l2'],
    settings: WITHIN,
    defaults: { steps: { usual: 10, targeted: 40 }, step: { ofEpsilon: 1 / 4 } },
  },
  apgd: {
    label: 'Auto-PGD',
    family: 'within',
    definition:
      'momentum, and a step that begins with 2ε and is halved by itself; on cross-entropy or the difference of logits ratio',
    publication: 'Croce and Hein 2020b',
    access: 'gradients',
    norms: ['linf', 'l2'],
    settings: ['target', 'norm', 'eps', 'steps', 'loss', 'restarts', 'minimal', 'ensemble'],
    defaults: { steps: { usual: 100 } },
  },
  standard: {
    label: 'Standard (AutoAttack)',
    family: 'within',
    definition:
      'AutoAttack’s standard version: `apgd` on cross-entropy and towards nine classes, `fab` and `square` in turn, as published, until one succeeds',
    publication: 'Croce and Hein 2020b',
    access: 'gradients',
    norms: ['linf', 'l2'],
    settings: ['norm', 'eps'],
    defaults: {},
    parts: standardParts,
  },
  deepfool: {
    label: 'DeepFool',
    family: 'smallest',
    definition:
      'the nearest of the boundaries with the ten likeliest classes, overshoot 0.02, at most 50 steps',
    publication: 'Moosavi-Dezfooli et al. 2016',
    access: 'gradients',
    norms: ['l2', 'linf'],
    settings: ['target', 'norm', 'steps'],
    defaults: { steps: { usual: 50 } },
  },
  cw: {
    label: 'Carlini–Wagner',
    family: 'smallest',
    definition: 'Adam at 0.01 over tanh-space, binary search over the balance, confidence κ',
    publication: 'Carlini and Wagner 2017',
    access: 'gradients',
    norms: ['l2'],
    settings: ['target', 'steps', 'confidence', 'trials', 'ensemble'],
    defaults: { steps: { usual: 100 } },
  },
  fab: {
    label: 'FAB',
    family: 'smallest',
    definition:
      'onto the boundary with each of the nine likeliest other classes in turn, drawn back to the picture by up to 0.1, overshoot 1.05, back inside by 0.9',
    publication: 'Croce and Hein 2020a',
    access: 'gradients',
    norms: ['linf', 'l2'],
    settings: ['target', 'norm', 'steps'],
    defaults: { steps: { usual: 100 } },
    turns: TARGETS,
  },
  square: {
    label: 'Square attack',
    family: 'black-box',
    definition:
      'random search with squares of colour, first share 0.05; in L2 with pyramids, first share 0.1',
    publication: 'Andriushchenko et al. 2020',
    access: 'probabilities',
    norms: ['linf', 'l2'],
    settings: ['target', 'norm', 'eps', 'queries'],
    defaults: {},
    queriesPerStep: 1,
  },
  nes: {
    label: 'NES',
    family: 'black-box',
    definition: 'gradients estimated from 50 answers a step at σ = 0.001, over tiles, 56 a side',
    publication: 'Ilyas et al. 2018',
    access: 'probabilities',
    norms: ['linf'],
    settings: ['target', 'eps', 'queries'],
    defaults: {},
    queriesPerStep: 51,
  },
  rays: {
    label: 'RayS',
    family: 'black-box',
    definition: 'turns blocks of a direction round as long as the boundary comes nearer',
    publication: 'Chen and Gu 2020',
    access: 'label',
    norms: ['linf'],
    settings: ['eps', 'queries'],
    defaults: {},
    queriesPerStep: 1,
    curve: 'Distance of the boundary in grey levels',
  },
  substitute: {
    label: 'Substitute',
    family: 'black-box',
    definition: 'trains a surrogate on the answers, attacks that, and transfers what it finds',
    publication: 'Papernot et al. 2017',
    access: 'label',
    norms: ['linf'],
    settings: ['target', 'eps', 'step', 'steps', 'queries', 'substitute'],
    defaults: { steps: { usual: 20 }, step: { ofEpsilon: 1 / 8 } },
    queriesPerStep: 1,
  },
  eot: {
    label: 'EOT',
    family: 'physical',
    definition: 'as `pgd`, with the mean loss over random transforms of what the network sees',
    publication: 'Athalye et al. 2018',
    access: 'gradients',
    norms: ['linf', 'l2'],
    settings: [...WITHIN, 'restarts', 'samples'],
    defaults: { steps: { usual: 40 }, step: { ofEpsilon: 1 / 4 }, fresh: 100 },
  },
  patch: {
    label: 'Patch',
    family: 'physical',
    does: 'changes one part without bound',
    definition:
      'one part, without bound but [0, 1], through the transforms of `eot`; made for its place or for any place',
    publication: 'Brown et al. 2017',
    access: 'gradients',
    norms: [],
    settings: ['target', 'step', 'steps', 'samples', 'mask', 'placement', 'patchSize', 'ensemble'],
    defaults: { steps: { usual: 60, anywhere: 150 }, step: { size: 0.05 }, fresh: 100 },
  },
} as const satisfies Readonly<Record<string, Attack>>;

export type AttackMethod = keyof typeof table;

export const attacks: Readonly<Record<AttackMethod, Attack>> = table;

/** Their names as settings have them. */
export const attackNames = Object.keys(table) as readonly AttackMethod[];

/** Whether an attack reads a setting; those that are no attack's own, all do. */
export const reads = (method: AttackMethod, setting: string): boolean =>
  !attackNames.some((name) => isOwn(name, setting)) || isOwn(method, setting);

/** Whether an attack only asks the network for answers. */
export const isBlackBox = (method: AttackMethod): boolean => attacks[method].access !== 'gradients';

const isOwn = (method: AttackMethod, setting: string): boolean =>
  attacks[method].settings.some((own) => own === setting);
