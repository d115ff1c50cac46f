/** One picture of a set: attacked with one network as the source, saved, and judged by the file. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freshViewsOf } from '../../../../../shared/attacks/settings.ts';
import type { AttackSetRow, ViewShare } from '../../../../../shared/methods/attack.ts';
import type { AttackSettings } from '../../../../../shared/recipes/attack.ts';
import type { Goal } from '../../../attack/goal.ts';
import { fromLevels, toLevels } from '../../../attack/lattice.ts';
import { outcome } from '../../../attack/steps.ts';
import { saveImage } from '../../../imaging/codec.ts';
import { pixelsFrom } from '../../../imaging/pixels.ts';
import type { MethodContext } from '../../common/context.ts';
import type { AttackOutcome } from '../attacks/attack-run.ts';
import { attackPicture } from '../attacks/registry.ts';
import { maskFor } from '../patch/mask.ts';
import { elsewhere } from '../patch/output.ts';
import type { UniversalPatch } from '../patch/universal.ts';
import { judgeFile, type Judged } from '../verdict.ts';
import type { Victim } from '../victim.ts';
import { judgeViews } from '../views.ts';
import { aimedAt, type SetPicture } from './pictures.ts';

/** A network that all pictures are attacked with, and what that takes: a row of the matrix of transfers. */
export interface Source {
  /** The network, and those that should be fooled with it. */
  readonly victims: readonly [Victim, ...Victim[]];
  /** The surrogate's network; null for the small one, and for attacks without one. */
  readonly surrogate: MethodContext | null;
  /** The one patch for all pictures, once it is trained; null for attacks that change each picture by itself. */
  readonly patch: UniversalPatch | null;
}

/** An attacked picture, as its file holds it. */
export interface AttackedPicture extends Judged {
  readonly path: string;
  /** The network that was attacked. */
  readonly victim: Victim;
  readonly goal: Goal;
  readonly unrounded: AttackOutcome['unrounded'];
  readonly queries: number | null;
  readonly substitute: AttackSetRow['substitute'];
  readonly brokenBy: AttackSetRow['brokenBy'];
  readonly views: ViewShare | null;
}

/** How the pictures of a set are attacked. */
interface SetOptions {
  readonly settings: AttackSettings;
  /** Where results are written. */
  readonly folder: string;
  /** What the result of each picture is called there, without network and extension, by the picture's path. */
  readonly results: ReadonlyMap<string, string>;
  readonly signal: AbortSignal | undefined;
}

/**
 * @param number of the picture in the set
 * @returns null where the network has no class for what the picture shows
 */
export async function attackOne(
  picture: SetPicture,
  { victims, surrogate, patch }: Source,
  number: number,
  { settings, folder, results, signal }: SetOptions,
): Promise<AttackedPicture | null> {
  const [victim] = victims;
  const aimed = aimedAt(picture, victims, settings);
  if (aimed === null) return null;
  const { goal, networks } = aimed;
  const { size, original } = picture;
  const { width, height } = size;
  const patched = patch === null ? null : elsewhere(victim, patch, picture, settings, number);
  const found =
    patched === null
      ? await outcome(
          attackPicture({
            networks,
            original,
            size,
            settings,
            mask: await maskFor(settings, size),
            surrogate,
          }),
        )
      : {
          levels: toLevels(patched(0).data),
          unrounded: null,
          queries: null,
          substitute: null,
          brokenBy: null,
        };
  const path = join(folder, `${results.get(picture.path) ?? ''}-${victim.context.model.name}.png`);
  await mkdir(dirname(path), { recursive: true });
  await saveImage(pixelsFrom(width, height, fromLevels(found.levels)), path, { signal });
  const judged = await judgeFile(path, networks, original, signal);
  const count = freshViewsOf(settings);
  const before = pixelsFrom(width, height, fromLevels(original));
  const after = patched ?? (() => judged.picture);
  const views = count === 0 ? null : await judgeViews(victim, after, before, goal, settings, count);
  return {
    ...judged,
    path,
    victim,
    goal,
    views: views === null ? null : views.share,
    unrounded: found.unrounded ?? { margin: judged.margin, l2: judged.norms.l2, linf: judged.norms.linf },
    queries: found.queries,
    substitute: found.substitute,
    brokenBy: judged.success ? found.brokenBy : null,
  };
}
