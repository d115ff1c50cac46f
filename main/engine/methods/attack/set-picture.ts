/** One picture of a set: attacked by way of one network, saved, and judged by the file. */
import { join, parse as parsePath } from 'node:path';
import type { AttackSetRow, ViewShare } from '../../../../shared/contract/attack.ts';
import type { AttackSettings } from '../../../../shared/recipes/attack.ts';
import type { Goal } from '../../attack/goal.ts';
import { fromLevels, toLevels } from '../../attack/lattice.ts';
import { outcome } from '../../attack/steps.ts';
import { saveImage } from '../../imaging/codec.ts';
import { pixelsFrom } from '../../imaging/pixels.ts';
import { maskFor } from './mask.ts';
import { elsewhere } from './patch-output.ts';
import { stage, type Subject } from './subject.ts';
import type { UniversalPatch } from './universal.ts';
import { judgeFile, type Judged } from './verdict.ts';
import { freshOf, judgeViews } from './views.ts';
import type { Victim } from './victim.ts';
import { attackPicture, type Attacked } from './attack.ts';
import type { Workbench } from '../common/workbench.ts';

/** A network that all pictures are attacked against, and what that takes. */
export interface Front {
  /** The network, and those that shall be fooled with it. */
  readonly team: readonly [Victim, ...Victim[]];
  /** What stands in for the network; null for the small one, and for methods without. */
  readonly standIn: Workbench | null;
  /** One for all pictures, once it is trained; null for methods that change each picture by itself. */
  readonly patch: UniversalPatch | null;
}

/** An attacked picture, as its file holds it. */
export interface Made extends Judged {
  readonly path: string;
  readonly maker: Victim;
  readonly goal: Goal;
  readonly unrounded: Attacked['unrounded'];
  readonly queries: number | null;
  readonly substitute: AttackSetRow['substitute'];
  readonly views: ViewShare | null;
}

/**
 * @param number of the picture in the set
 * @param folder where the result is written
 * @returns null where the network has no class for what the picture shows
 */
export async function attackOne(
  subject: Subject,
  { team, standIn, patch }: Front,
  settings: AttackSettings,
  number: number,
  folder: string,
): Promise<Made | null> {
  const [maker] = team;
  const staged = stage(subject, team, settings);
  if (staged === null) return null;
  const { goal, opponents } = staged;
  const { size, original } = subject;
  const { width, height } = size;
  const shown = patch === null ? null : elsewhere(maker, patch, subject, settings, number);
  const found =
    shown === null
      ? await outcome(
          attackPicture(opponents, original, settings, size, {
            mask: await maskFor(settings, size),
            standIn,
          }),
        )
      : { levels: toLevels(shown(0).data), unrounded: null, queries: null, substitute: null };
  const path = join(folder, `${parsePath(subject.path).name}-${maker.bench.model.name}.png`);
  await saveImage(pixelsFrom(width, height, fromLevels(found.levels)), path);
  const judged = await judgeFile(path, opponents, original);
  const fresh = freshOf(settings, false);
  const before = pixelsFrom(width, height, fromLevels(original));
  const picture = shown ?? (() => judged.picture);
  const views = fresh === 0 ? null : (await judgeViews(maker, picture, before, goal, settings, fresh)).share;
  return {
    ...judged,
    path,
    maker,
    goal,
    views,
    unrounded: found.unrounded ?? { margin: judged.margin, l2: judged.norms.l2, linf: judged.norms.linf },
    queries: found.queries,
    substitute: found.substitute,
  };
}
