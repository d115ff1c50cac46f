/** An attack as a job: a picture in, steps and previews out, and at the end a file that was read back before anything is claimed. */
import { type RequestOf } from '../../../../shared/methods/request.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join, resolve as resolvePath } from 'node:path';
import { isBlackBox } from '../../../../shared/attacks/registry.ts';
import { freshViewsOf } from '../../../../shared/attacks/settings.ts';
import type { AttackResult, TransferRow } from '../../../../shared/methods/attack.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import type { AttackSettings } from '../../../../shared/recipes/attack.ts';
import { type Recipe } from '../../../../shared/recipes/recipe.ts';
import { RECIPE_FORMAT } from '../../../../shared/recipes/recipe-form.ts';
import { marginOf, type Goal } from '../../attack/goal.ts';
import { fromLevels, toLevels, type Levels } from '../../attack/lattice.ts';
import { GAIN, amplify, type PerturbationView } from '../../attack/perturbation-view.ts';
import { printSheet } from '../../attack/print/sheet.ts';
import { mapSteps, type Iteration } from '../../attack/steps.ts';
import { checkWritable, decodeImage, saveImage } from '../../imaging/codec.ts';
import { pixelsFrom, type Pixels } from '../../imaging/pixels.ts';
import type { AttackTask } from './attacks/attack-run.ts';
import { attackPicture } from './attacks/registry.ts';
import { resolveGoal, sameClass, translateGoal } from './goal.ts';
import { maskFor } from './patch/mask.ts';
import { checkPatchOutput, elsewhere, patchResult, savePatch } from './patch/output.ts';
import { checkSettings, completed, mostSteps } from './plan.ts';
import { openSurrogate, surrogateNotes } from './surrogate/choose.ts';
import { judgeFile, predict, type Judge, type Judged } from './verdict.ts';
import { Victim } from './victim.ts';
import { judgeViews } from './views.ts';
import { labelOf } from '../common/classify.ts';
import { identify } from '../common/identify.ts';
import type { Size } from '../dream/octaves.ts';
import { Previewer } from '../common/preview.ts';
import { cancellable, type OpenNetwork, type Workbench } from '../common/workbench.ts';

/** Formats that keep every grey level. */
const LOSSLESS = new Set(['.png', '.tif', '.tiff']);

const SEARCH_TRIALS = 8;

export async function* runAttack(
  openNetwork: OpenNetwork,
  request: RequestOf<'attack'>,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<AttackResult>, void, undefined> {
  const began = performance.now();
  const { settings, out } = request;
  const open: OpenNetwork = async (name) => cancellable(await openNetwork(name), signal);
  checkSettings(settings);
  await checkWritable(out);
  if (request.perturbation !== null) await checkWritable(request.perturbation);
  if (request.views !== null) await checkWritable(request.views);
  if (request.print !== null) await checkWritable(request.print);
  await checkPatchOutput(settings, request.patch);
  const { pixels, source } = await decodeImage(request.image);
  const original = toLevels(pixels.data);
  const victims = await openVictims(open, settings);
  try {
    const [first, ...others] = victims;
    if (first === undefined) throw new Error('There is no network.');
    const { model, runtime } = first.bench;
    const size = { width: pixels.width, height: pixels.height };
    const before = await predict(first.bench, pictureOf(original, size));
    const truth = before.top[0]?.index ?? 0;
    const goal = resolveGoal(model, settings.target, truth, before.scores, settings.seed);
    const networks: AttackTask['networks'] = [
      first.towards(goal, size),
      ...others.map((victim) =>
        victim.towards(translateGoal(goal, model, victim.bench.model, victim.classes), size),
      ),
    ];
    const surrogate = await openSurrogate(open, settings, first.bench);
    const notes = [
      ...new Set(victims.flatMap((victim) => victim.notes)),
      ...surrogateNotes(surrogate, first.bench),
    ];
    if (source.space.endsWith('16'))
      notes.push('The picture has 16 bits; it was rounded to 8 before the attack.');
    if (marginOf(before.scores, goal) > 0) notes.push('The network sees the target already.');
    const lossy = !LOSSLESS.has(extname(out).toLowerCase());
    if (lossy) {
      notes.push(`"${basename(out)}" does not keep every grey level, which an attack lives on; a PNG does.`);
    }
    const planned = mostSteps(settings) * (settings.minimal ? SEARCH_TRIALS : 1);
    yield {
      kind: 'started',
      steps: planned,
      ...size,
      runtime: runtime.name,
      device: runtime.device,
      notes,
    };

    const previewer = new Previewer(request.preview);
    const curve = { loss: new Array<number>(), probability: new Array<number>() };
    const started = performance.now();
    const mask = await maskFor(settings, size);
    const steps = attackPicture({ networks, original, size, settings, mask, surrogate });
    const attacked = yield* mapSteps(steps, (iteration, ms): JobEvent<AttackResult> => {
      curve.loss.push(iteration.loss);
      if (iteration.probability !== null) curve.probability.push(iteration.probability);
      const step = curve.loss.length;
      const of = Math.max(planned, step);
      const frame = previewer.frame({ step }, of, () =>
        pixelsFrom(size.width, size.height, iteration.picture),
      );
      const event = { kind: 'step', step, of, ...stepOf(iteration, ms) } as const;
      return { ...event, ...(frame === undefined ? {} : { frame }) };
    });
    const count = curve.loss.length;
    const msPerStep = (performance.now() - started) / Math.max(count, 1);
    if (attacked.flat > 0) notes.push(`The gradient was zero or no number at ${attacked.flat} steps.`);

    const recipe: Recipe<'attack'> = {
      reverie: RECIPE_FORMAT,
      method: 'attack',
      model: { name: model.name, sha256: model.sha256 },
      source: { ...(await identify(request.image)), ...size },
      ...(settings.mask === null ? {} : { files: { mask: await identify(settings.mask) } }),
      settings: {
        ...completed(settings),
        mask: settings.mask === null ? null : basename(settings.mask),
        ensemble: namesOf(others),
      },
    };
    const result = pictureOf(attacked.levels, size);
    await saveImage(result, out, { recipe });
    const judged = await judgeFile(out, networks, original);
    const lossless = lossy ? await judgeAsPng(result, networks, original) : null;
    if (lossless?.success === true && !judged.success) {
      notes.push('As a PNG the attack succeeds; what is left of it in this format does not.');
    }
    const view = amplify(original, toLevels(judged.picture.data));
    if (request.perturbation !== null) await saveView(view, size, request.perturbation);
    const { patch } = attacked;
    if (patch !== null) await savePatch(patch, request);
    else if (request.print !== null) await saveImage(printSheet(judged.picture), request.print);
    const shown =
      patch === null ? () => judged.picture : elsewhere(first, patch, { size, original }, settings);
    const views = await viewsOf(first, shown, pictureOf(original, size), goal, request);
    yield {
      kind: 'done',
      result: {
        output: resolvePath(out),
        recipe,
        model: model.name,
        runtime: runtime.name,
        device: runtime.device,
        steps: count,
        seconds: (performance.now() - began) / 1000,
        msPerStep,
        objective: { first: curve.loss[0] ?? 0, last: curve.loss.at(-1) ?? 0 },
        success: judged.success,
        margin: judged.margin,
        norms: judged.norms,
        goal: { kind: goal.kind, index: goal.label, label: labelOf(model, goal.label) },
        classes: { before: before.top, after: judged.top },
        epsilon: attacked.epsilon,
        queries: attacked.queries,
        substitute: attacked.substitute,
        views,
        patch: patch === null ? null : patchResult(patch, request),
        unrounded: { success: attacked.unrounded.margin > 0, ...attacked.unrounded },
        lossless,
        perturbation: {
          output: request.perturbation === null ? null : resolvePath(request.perturbation),
          gain: GAIN,
          clipped: view.clipped,
        },
        curve,
        transfer: await transferTo(
          open,
          request.transfer ?? [],
          { bench: first.bench, goal },
          pictureOf(original, size),
          judged,
        ),
        notes,
      },
    };
  } finally {
    for (const victim of victims) await victim.release();
  }
}

/** The network of the request, and those of an ensemble. */
async function openVictims(open: OpenNetwork, { ensemble, method }: AttackSettings): Promise<Victim[]> {
  const victims: Victim[] = [];
  try {
    for (const name of [null, ...namesIn(ensemble)])
      victims.push(await Victim.create(await open(name), isBlackBox(method)));
    return victims;
  } catch (error) {
    for (const victim of victims) await victim.release();
    throw error;
  }
}

/** Networks as a recipe names them, without folders. */
const namesOf = (victims: readonly Victim[]): string | null =>
  victims.length === 0 ? null : victims.map(({ bench }) => bench.model.name).join(',');

/** Names separated by commas. */
export const namesIn = (list: string | null): string[] =>
  (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

const pictureOf = (levels: Levels, { width, height }: Size): Pixels =>
  pixelsFrom(width, height, fromLevels(levels));

function stepOf({ loss, probability }: Iteration, ms: number) {
  const known = probability === null ? {} : { probability };
  return { objective: loss, ...known, ms };
}

/** Fresh views of a result, and their grid on the disk. */
async function viewsOf(
  victim: Victim,
  picture: (i: number) => Pixels,
  original: Pixels,
  goal: Goal,
  { settings, views }: RequestOf<'attack'>,
): Promise<AttackResult['views']> {
  const count = freshViewsOf(settings, views !== null);
  if (count === 0) return null;
  const { share, grid } = await judgeViews(victim, picture, original, goal, settings, count);
  if (views !== null) await saveImage(grid, views);
  return { ...share, output: views === null ? null : resolvePath(views) };
}

/** The verdict about the same result as a PNG, in a temporary folder. */
async function judgeAsPng(picture: Pixels, judges: readonly Judge[], original: Levels) {
  const folder = await mkdtemp(join(tmpdir(), 'reverie-'));
  try {
    const path = join(folder, 'attack.png');
    await saveImage(picture, path);
    const { success, margin, norms } = await judgeFile(path, judges, original);
    return { success, margin, norms };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function saveView({ levels }: PerturbationView, size: Size, path: string): Promise<void> {
  await saveImage(pictureOf(levels, size), path);
}

/** Shows a result to networks that it was not made for. */
async function transferTo(
  open: OpenNetwork,
  names: readonly string[],
  { bench: { model }, goal }: { bench: Workbench; goal: Goal },
  original: Pixels,
  { picture }: Judged,
): Promise<TransferRow[]> {
  const rows: TransferRow[] = [];
  for (const name of names) {
    const bench = await open(name);
    const before = await predict(bench, original);
    const after = await predict(bench, picture);
    const label = sameClass(model, goal.label, bench.model, after.scores.length);
    rows.push({
      model: bench.model.name,
      classes: { before: before.top, after: after.top },
      success: label === null ? null : marginOf(after.scores, { ...goal, label }) > 0,
    });
  }
  return rows;
}
