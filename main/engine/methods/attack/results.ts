/** What becomes of an attacked picture: its files, and what can be claimed of them after they have been read back. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { freshViewsOf } from '../../../../shared/attacks/settings.ts';
import type { AttackResult, TransferRow } from '../../../../shared/methods/attack.ts';
import type { RequestOf } from '../../../../shared/methods/request.ts';
import { isLossy } from '../../../../shared/picture-formats.ts';
import type { Recipe } from '../../../../shared/recipes/recipe.ts';
import { marginOf } from '../../attack/goal.ts';
import { fromLevels, toLevels, type Levels } from '../../attack/lattice.ts';
import { GAIN, amplify } from '../../attack/perturbation-view.ts';
import { printSheet } from '../../attack/print/sheet.ts';
import { saveImage } from '../../imaging/codec.ts';
import { type Pixels, pixelsFrom, type Size } from '../../imaging/pixels.ts';
import type { OpenNetwork } from '../common/context.ts';
import type { AttackOutcome, AttackTask } from './attacks/attack-run.ts';
import { sameClass } from './goal.ts';
import { elsewhere, patchResult, savePatch } from './patch/output.ts';
import { judgeFile, predict, type Judge, type Judged } from './verdict.ts';
import type { AttackedNetwork, Victim } from './victim.ts';
import { judgeViews } from './views.ts';

/** An attack that has come to its end. */
export interface Finished {
  readonly task: AttackTask;
  /** The first network of the task. */
  readonly victim: Victim;
  readonly attacked: AttackOutcome;
  readonly recipe: Recipe<'attack'>;
  readonly request: RequestOf<'attack'>;
  readonly open: OpenNetwork;
  readonly signal: AbortSignal | undefined;
}

/** What a result tells of the attacked picture. */
interface Results extends Pick<
  AttackResult,
  'success' | 'margin' | 'norms' | 'views' | 'patch' | 'lossless' | 'perturbation' | 'transfer'
> {
  /** What the first network sees in it. */
  readonly after: Judged['top'];
}

/** Writes every file that the request names. @throws ReverieError `output/unwritable`, `image/size` */
export async function writeResults(finished: Finished): Promise<Results> {
  const { task, victim, attacked, recipe, request, open, signal } = finished;
  const { networks, original, size, settings } = task;
  const { patch } = attacked;
  const result = pictureOf(attacked.levels, size);
  await saveImage(result, request.out, { recipe, signal });
  const judged = await judgeFile(request.out, networks, original, signal);
  const lossless = isLossy(request.out) ? await judgeAsPng(result, networks, original, signal) : null;
  const { levels, clipped } = amplify(original, toLevels(judged.picture.data));
  if (request.perturbation !== null)
    await saveImage(pictureOf(levels, size), request.perturbation, { signal });
  if (patch !== null) await savePatch(patch, request);
  else if (request.print !== null) await saveImage(printSheet(judged.picture), request.print, { signal });
  const before = pictureOf(original, size);
  const shown =
    patch === null ? () => judged.picture : elsewhere(victim, patch, { size, original }, settings);
  return {
    success: judged.success,
    margin: judged.margin,
    norms: judged.norms,
    after: judged.top,
    views: await viewsOf(finished, shown, before),
    patch: patch === null ? null : patchResult(patch, request),
    lossless,
    perturbation: {
      output: request.perturbation === null ? null : resolvePath(request.perturbation),
      gain: GAIN,
      clipped,
    },
    transfer: await transferTo(open, request.transfer ?? [], networks[0], before, judged.picture),
  };
}

export const pictureOf = (levels: Levels, { width, height }: Size): Pixels =>
  pixelsFrom(width, height, fromLevels(levels));

/** Fresh views of a result, and their grid on the disk. @param picture what is judged the i-th time */
async function viewsOf(
  { task, victim, request, signal }: Finished,
  picture: (i: number) => Pixels,
  original: Pixels,
): Promise<AttackResult['views']> {
  const { settings, views } = request;
  const count = freshViewsOf(settings, views !== null);
  if (count === 0) return null;
  const { goal } = task.networks[0];
  const { share, grid } = await judgeViews(victim, picture, original, goal, settings, count);
  if (views !== null) await saveImage(grid, views, { signal });
  return { ...share, output: views === null ? null : resolvePath(views) };
}

/** The verdict about the same result as a PNG, in a temporary folder. */
async function judgeAsPng(
  picture: Pixels,
  judges: readonly Judge[],
  original: Levels,
  signal: AbortSignal | undefined,
): Promise<AttackResult['lossless']> {
  const folder = await mkdtemp(join(tmpdir(), 'reverie-'));
  try {
    const path = join(folder, 'attack.png');
    await saveImage(picture, path, { signal });
    const { success, margin, norms } = await judgeFile(path, judges, original, signal);
    return { success, margin, norms };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Shows a result to networks that it was not made for. */
async function transferTo(
  open: OpenNetwork,
  names: readonly string[],
  { context: { model }, goal }: AttackedNetwork,
  original: Pixels,
  result: Pixels,
): Promise<TransferRow[]> {
  const rows: TransferRow[] = [];
  for (const name of names) {
    const context = await open(name);
    const before = await predict(context, original);
    const after = await predict(context, result);
    const label = sameClass(model, goal.label, context.model, after.scores.length);
    rows.push({
      model: context.model.name,
      classes: { before: before.top, after: after.top },
      success: label === null ? null : marginOf(after.scores, { ...goal, label }) > 0,
    });
  }
  return rows;
}
