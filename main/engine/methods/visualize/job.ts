/**
 * A feature visualisation as a job: steps and previews out, a picture with its recipe at the end. All batches take a step before
 * any takes the next, so that the whole sheet grows together and a film shows it whole.
 */
import type { RequestOf } from '../../../../shared/methods/request.ts';
import { resolve as resolvePath } from 'node:path';
import type { VisualizedImage, VisualizeResult } from '../../../../shared/methods/visualize.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import { checkWritable, saveImage } from '../../imaging/codec.ts';
import { pixelsFrom, type Pixels } from '../../imaging/pixels.ts';
import { sheetOf, sheetSize } from '../../imaging/sheet.ts';
import { RescuingGradient } from './rescuing-gradient.ts';
import { notesOn } from '../common/notes.ts';
import { Previewer } from '../common/preview.ts';
import { runJob, type Own, type Scope, type Told } from '../common/run-job.ts';
import type { Goal } from './unit-goals.ts';
import { completeSettings, planBatches, type CompleteSettings, type VisualizeBatch } from './plan.ts';
import { Film, saveEach } from './files.ts';
import { recipeOf } from './recipe.ts';
import { visualize, type VisualizeStep } from './visualize.ts';
import { readVisualizeCheckpoint, VisualizeKeeper, type BatchState } from './checkpoint.ts';
import type { MethodContext } from '../common/context.ts';

/** White between the images, in pixels. */
const SHEET = { gap: 4, fill: 1 };

export async function* runVisualize(
  context: MethodContext,
  request: RequestOf<'visualize'>,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<VisualizeResult>, void, undefined> {
  yield* runJob(context, (context, scope) => work(context, request, scope), signal);
}

async function* work(
  context: MethodContext,
  request: RequestOf<'visualize'>,
  { signal, atEnd }: Scope,
): AsyncGenerator<Told, Own<'visualize'>, undefined> {
  await checkWritable(request.out);
  const settings = completeSettings(request.settings);
  const batches = await planBatches(context.model, settings);
  const goals = batches.flatMap((batch) => batch.goals);
  const size = { width: settings.size, height: settings.size };
  // An interpolation is one row.
  const layout = settings.interpolate === null ? SHEET : { ...SHEET, columns: settings.interpolate };
  const { width, height } = sheetSize(size, goals.length, layout);
  const recipe = await recipeOf(context, settings);
  const film =
    request.film === null ? null : await Film.begin(request.film, request.filmSteps, settings.steps);
  const gradients = batches.map(
    ({ goals: own, viewing, gradient }) =>
      new RescuingGradient(context, own, { batch: own.length * viewing.count, ...viewing.view }, gradient),
  );
  const kept =
    request.start === null ? undefined : await readVisualizeCheckpoint(request.start.picture, batches);
  const begin = kept?.step ?? 0;
  const runs = batches.map((batch, i) => start(batch, gradients[i], settings, kept?.batches[i]));
  const keeper = new VisualizeKeeper(request.checkpoint, batches, gradients, async () => film?.flush());
  const previewer = new Previewer(request.preview);
  const [first, last] = [new Float32Array(goals.length), new Float32Array(goals.length)];
  if (kept !== undefined) first.set(kept.first);
  let images: Pixels[] = [];
  let msTotal = kept?.msTotal ?? 0;
  let told = 0;
  const notes = (): string[] => [
    ...notesOn(context.model, request.repeats),
    ...gradients.flatMap((gradient) => gradient.notes),
  ];
  for (const gradient of gradients) atEnd(() => gradient.release());
  for (const run of runs)
    atEnd(async () => {
      await run.return();
    });
  // What it has come to is kept, also of a job that is left.
  atEnd(() => keeper.flush());
  for (let step = begin; step <= settings.steps; step++) {
    const results: VisualizeStep[] = [];
    for (const run of runs) {
      results.push(await nextOf(run));
      keeper.unsettle();
    }
    images = results.flatMap((result) => split(result, size));
    const values = results.flatMap((result) => [...result.values]);
    const ms = results.reduce((sum, result) => sum + result.ms, 0);
    const sheet = (): Pixels => sheetOf(images, layout);
    await film?.keep(step, sheet);
    if (step === begin) {
      last.set(values);
      continue;
    }
    if (step === 1) first.set(values);
    if (step === begin + 1) {
      // Only now is it known which units are silent.
      yield { kind: 'started', steps: settings.steps, width, height, notes: notes() };
      told = notes().length;
    }
    last.set(values);
    msTotal += ms;
    await keeper.keep({ step, results, first, msTotal });
    const frame = previewer.frame({ step }, settings.steps, sheet);
    const note = notes().slice(told).join(' ');
    told = notes().length;
    yield {
      kind: 'step',
      step,
      ms,
      objective: mean(values),
      ...(frame === undefined ? {} : { frame }),
      ...(note === '' ? {} : { note }),
    };
  }
  const files = request.separate && images.length > 1 ? await saveEach(images, request, recipe, signal) : [];
  await saveImage(sheetOf(images, layout), request.out, { recipe, signal });
  return {
    output: resolvePath(request.out),
    recipe,
    steps: settings.steps,
    msPerStep: msTotal / settings.steps,
    objective: { first: mean([...first]), last: mean([...last]) },
    images: goals.map((goal, i): VisualizedImage => ({
      target: textOf(goal),
      output: files[i] ?? null,
      objective: { first: first[i] ?? 0, last: last[i] ?? 0 },
    })),
    notes: notes(),
  };
}

function start(
  batch: VisualizeBatch,
  gradient: RescuingGradient | undefined,
  { steps, seed, diversityWeight }: CompleteSettings,
  kept: BatchState | undefined,
): AsyncGenerator<VisualizeStep, void, undefined> {
  if (gradient === undefined) throw new Error('A batch has no gradient.');
  const diversity = batch.gradient.diverse === null ? 0 : diversityWeight;
  if (kept !== undefined) {
    batch.optimiser.restore(kept.optimiser);
    gradient.restore(kept.gradient);
  }
  return visualize(gradient, batch, { steps, seed, diversity }, kept);
}

async function nextOf(run: AsyncGenerator<VisualizeStep, void, undefined>): Promise<VisualizeStep> {
  const { value } = await run.next();
  if (value === undefined) throw new Error('A batch ended before its last step.');
  return value;
}

/** The images of a batch, without a copy. */
function split({ images }: VisualizeStep, { width, height }: { width: number; height: number }): Pixels[] {
  const each = 3 * width * height;
  return Array.from({ length: images.length / each }, (_, i) =>
    pixelsFrom(width, height, images.subarray(i * each, (i + 1) * each)),
  );
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);

const textOf = (goal: Goal): string =>
  goal
    .map(({ text, weight }) => (weight === 1 ? text : `${text}*${Number(weight.toPrecision(6))}`))
    .join(' ');
