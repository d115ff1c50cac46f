/** What an attack is given, and what it gives. Which attacks there are is said by shared/attacks/registry.ts. */
import type { StandardPart } from '../../../../../shared/attacks/registry.ts';
import type { SurrogateReport } from '../../../../../shared/methods/attack.ts';
import type { AttackSettings } from '../../../../../shared/recipes/attack.ts';
import type { Levels } from '../../../attack/lattice.ts';
import { ensembleOf, objectiveOf, type LossKind, type Objective } from '../../../attack/objective.ts';
import type { Steps } from '../../../attack/steps.ts';
import type { MethodContext } from '../../common/context.ts';
import type { Patch } from '../patch/anywhere.ts';
import type { Mask } from '../patch/mask.ts';
import type { AttackedNetwork } from '../victim.ts';
import type { Size } from '../../../imaging/pixels.ts';

/** One picture to be attacked. */
export interface AttackTask {
  /** The networks that should all be fooled; the first one is the one in question. */
  readonly networks: readonly [AttackedNetwork, ...AttackedNetwork[]];
  readonly original: Levels;
  /** Of the picture, in pixels. */
  readonly size: Size;
  readonly settings: AttackSettings;
  /** Where a patch may be; null where there is none, or none with a place of its own. */
  readonly mask: Mask | null;
  /** The surrogate's network; null for the small one, and where there is no surrogate. */
  readonly surrogate: MethodContext | null;
}

export interface AttackOutcome {
  readonly levels: Levels;
  /** Lead in logits of `levels`; positive when the goal is reached. */
  readonly margin: number;
  /** What was found before rounding; its norms in grey levels. */
  readonly unrounded: { readonly margin: number; readonly l2: number; readonly linf: number };
  /** Rounds of repair that rounding made necessary. */
  readonly repairs: number;
  /** The bound of the result in pixel units; null for attacks without one. */
  readonly epsilon: number | null;
  /** Steps at which the gradient was zero or no number. */
  readonly flat: number;
  /** How often a black box was asked; null for attacks that know the network. */
  readonly queries: number | null;
  /** What is known of the surrogate; null for attacks without one. */
  readonly substitute: SurrogateReport | null;
  /** Which attack of several succeeded; null where none did, and for attacks that are alone. */
  readonly brokenBy: StandardPart | null;
  /** The patch alone, of one that works anywhere; null for others. */
  readonly patch: Patch | null;
}

/** @throws ReverieError `usage/option` for settings that the attack cannot follow */
export type AttackRun = (task: AttackTask) => Steps<AttackOutcome>;

/** For attacks that ask no black box, and make no patch that works anywhere. */
export const PLAIN = { queries: null, substitute: null, brokenBy: null, patch: null } as const;

/** The objective of fooling all networks. */
export const jointObjective = ({ networks }: Pick<AttackTask, 'networks'>, kind: LossKind): Objective =>
  ensembleOf(networks.map(({ classifier, goal }) => objectiveOf(classifier, goal, kind)));
