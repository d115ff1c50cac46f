/** Attacks as the window sees them: the engine's report without paths, and what more can be asked about results. */
import * as v from 'valibot';
import type {
  AttackResult,
  AttackSetRow,
  BeforeAfter,
  RobustAccuracy,
  SurrogateReport,
  ViewShare,
} from '../methods/attack.ts';
import type { ClassProbability } from '../contract/result.ts';
import type { Picture } from './gallery.ts';
import type { Job } from './jobs.ts';

/** How much stronger than it is a perturbation is shown while it grows. */
export const LIVE_GAIN = 10;

/** What a finished attack tells, as far as it is shown. */
export interface AttackReport extends Pick<
  AttackResult,
  'success' | 'margin' | 'norms' | 'goal' | 'classes' | 'epsilon' | 'curve' | 'notes'
> {
  perturbation: Pick<AttackResult['perturbation'], 'gain' | 'clipped'>;
  /** How often the network was asked, for methods that know nothing else of it. */
  queries?: number | null;
  /** The surrogate that it was attacked through. */
  substitute?: SurrogateReport | null;
  /** Which attack of several succeeded. */
  brokenBy?: string | null;
  /** What a camera might see of it: fresh random transforms; `viewsAddress` shows some. */
  views?: ViewShare | null;
  /** A patch that works anywhere, in pixels; `patchAddress` shows it. */
  patch?: { width: number; height: number } | null;
}

/** What a photo of a printed sheet shows. */
export interface ReadPrint {
  /** The picture on the sheet, straightened, which is in the gallery now. */
  picture: Picture;
  /** What the network sees in it, likeliest first. */
  classes: readonly ClassProbability[];
}

/** A picture of the gallery, what the first network sees in it, and after its own attack. */
export interface TransferRow extends Pick<
  AttackSetRow,
  'before' | 'after' | 'counted' | 'success' | 'norms' | 'brokenBy'
> {
  picture: string;
}

/** `fooled[i][j]` of `counted[i][j]` pictures: made against `models[i]`, seen by `models[j]`; both were right before. */
export interface TransferReport {
  models: readonly string[];
  fooled: readonly (readonly number[])[];
  counted: readonly (readonly number[])[];
  /** Each picture as the first network was attacked on it. */
  rows: readonly TransferRow[];
  /** What accuracy that leaves the first network within ε; `null` where the attack does not tell. */
  robust: RobustAccuracy | null;
  notes: readonly string[];
}

/** The report of an attack that is done; `undefined` for every other job. */
export function attackReport({ order, report }: Pick<Job, 'order' | 'report'>): AttackReport | undefined {
  return order.method === 'attack' && v.is(attackReportSchema, report) ? report : undefined;
}

/**
 * Whether what another network sees in a picture and in an attack on it means that the attack fools it, too; `null` when it was
 * wrong about the picture before, which tells nothing.
 *
 * @param goal in the classes of the network that was attacked
 */
export function fools(goal: AttackReport['goal'], { before, after }: BeforeAfter): boolean | null {
  const [was] = before;
  const [is] = after;
  if (was === undefined || is === undefined) return null;
  if (goal.kind === 'targeted') return sameClass(is, goal);
  return sameClass(was, goal) ? !sameClass(is, goal) : null;
}

/** By the first of the names, as lists of synonyms differ between networks; by number where there are no names. */
function sameClass(
  a: Pick<ClassProbability, 'index' | 'label'>,
  b: Pick<ClassProbability, 'index' | 'label'>,
): boolean {
  if (a.label === null || b.label === null) return a.label === b.label && a.index === b.index;
  return firstName(a.label).toLowerCase() === firstName(b.label).toLowerCase();
}

/** `goldfish, Carassius auratus` → `goldfish`. */
export function firstName(label: string): string {
  return label.split(',')[0]?.trim() ?? label;
}

const classes = v.array(
  v.object({ index: v.number(), label: v.nullable(v.string()), probability: v.number() }),
);

const attackReportSchema = v.looseObject({
  success: v.boolean(),
  margin: v.number(),
  norms: v.object({ l0: v.number(), l2: v.number(), linf: v.number() }),
  goal: v.object({
    kind: v.picklist(['untargeted', 'targeted']),
    index: v.number(),
    label: v.nullable(v.string()),
  }),
  classes: v.object({ before: classes, after: classes }),
  epsilon: v.nullable(v.number()),
  perturbation: v.object({ gain: v.number(), clipped: v.number() }),
  curve: v.object({ loss: v.array(v.number()), probability: v.array(v.number()) }),
  notes: v.array(v.string()),
  queries: v.exactOptional(v.nullable(v.number())),
  brokenBy: v.exactOptional(v.nullable(v.string())),
  substitute: v.exactOptional(
    v.nullable(
      v.object({
        network: v.nullable(v.string()),
        trained: v.number(),
        agreement: v.array(v.object({ queries: v.number(), agreed: v.number(), of: v.number() })),
        chosen: v.number(),
        carried: v.boolean(),
      }),
    ),
  ),
  patch: v.exactOptional(v.nullable(v.object({ width: v.number(), height: v.number() }))),
  views: v.exactOptional(
    v.nullable(
      v.object({
        count: v.number(),
        fooled: v.number(),
        untouched: v.number(),
        interval: v.tuple([v.number(), v.number()]),
      }),
    ),
  ),
});
