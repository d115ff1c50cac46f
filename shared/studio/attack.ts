/** Attacks as the window sees them: the engine's report without paths, and what more can be asked about results. */
import type { AttackResult, BeforeAfter, SubstituteShare, ViewShare } from '../contract/attack.ts';
import type { ClassProbability } from '../contract/result.ts';
import type { AttackSettings } from '../recipes/attack.ts';
import { isRecord } from '../recipes/fields.ts';
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
  /** What stood in for it, and how well. */
  substitute?: SubstituteShare | null;
  /** What a camera might see of it: fresh random transforms; `viewsAddress` shows some. */
  views?: ViewShare | null;
  /** A patch that works anywhere, in pixels; `patchAddress` shows it. */
  patch?: { width: number; height: number } | null;
}

/** Shows what an attack made to another network. */
export interface AttackSeenByRequest {
  job: string;
  /** The id of an installed network. */
  model: string;
}

/** What a photo of a printed sheet shows. */
export interface ReadPrint {
  /** The picture on the sheet, straightened, which is in the gallery now. */
  picture: Picture;
  /** What the network sees in it, likeliest first. */
  classes: readonly ClassProbability[];
}

/** Attacks pictures with several networks, and shows every result to all of them. */
export interface TransferRequest {
  /** Ids of gallery pictures, at least one. */
  pictures: readonly string[];
  /** Ids of installed networks, at least one; what the first one sees in a picture counts as what it shows. */
  models: readonly string[];
  settings: AttackSettings;
}

/** `fooled[i][j]` of `counted[i][j]` pictures: made against `models[i]`, seen by `models[j]`; both were right before. */
export interface TransferReport {
  models: readonly string[];
  fooled: readonly (readonly number[])[];
  counted: readonly (readonly number[])[];
  notes: readonly string[];
}

/** The report of an attack that is done; `undefined` for every other job. */
export function attackReport({ order, report }: Pick<Job, 'order' | 'report'>): AttackReport | undefined {
  return order.method === 'attack' && isAttackReport(report) ? report : undefined;
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

type Check = (value: unknown) => boolean;

const isNumber: Check = (value) => typeof value === 'number';
const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const withKeys =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) && Object.entries(checks).every(([key, check]) => check(value[key]));

const classes = listOf(withKeys({ index: isNumber, label: orNull(isText), probability: isNumber }));

const report = withKeys({
  success: isFlag,
  margin: isNumber,
  norms: withKeys({ l0: isNumber, l2: isNumber, linf: isNumber }),
  goal: withKeys({
    kind: (kind) => kind === 'untargeted' || kind === 'targeted',
    index: isNumber,
    label: orNull(isText),
  }),
  classes: withKeys({ before: classes, after: classes }),
  epsilon: orNull(isNumber),
  perturbation: withKeys({ gain: isNumber, clipped: isNumber }),
  curve: withKeys({ loss: listOf(isNumber), probability: listOf(isNumber) }),
  notes: listOf(isText),
  queries: optional(orNull(isNumber)),
  substitute: optional(
    orNull(
      withKeys({
        network: orNull(isText),
        trained: isNumber,
        agreement: listOf(withKeys({ queries: isNumber, agreed: isNumber, of: isNumber })),
        chosen: isNumber,
        carried: isFlag,
      }),
    ),
  ),
  patch: optional(orNull(withKeys({ width: isNumber, height: isNumber }))),
  views: optional(
    orNull(withKeys({ count: isNumber, fooled: isNumber, untouched: isNumber, interval: listOf(isNumber) })),
  ),
});

function isAttackReport(value: unknown): value is AttackReport {
  return report(value);
}
