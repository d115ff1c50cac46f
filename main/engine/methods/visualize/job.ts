/**
 * A feature visualisation as a job: steps and previews out, a picture with its recipe at the end. All batches take a step before
 * any takes the next, so that the whole sheet grows together and a film shows it whole.
 */
import { resolve as resolvePath } from 'node:path';
import type {
  VisualizedImage,
  VisualizeRequest,
  VisualizeResult,
} from '../../../../shared/contract/visualize.ts';
import { throwIfCancelled } from '../../../../shared/cancellation.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import { checkWritable, saveImage } from '../../imaging/codec.ts';
import { pixelsFrom, type Pixels } from '../../imaging/pixels.ts';
import { sheetOf, sheetSize } from '../../imaging/sheet.ts';
import { LivelyGradient } from './lively-gradient.ts';
import { Previewer } from '../common/preview.ts';
import type { Goal } from './unit-goals.ts';
import { completeSettings, planBatches, type CompleteSettings, type VisualizeBatch } from './plan.ts';
import { Film, saveEach } from './files.ts';
import { differences, recipeOf } from './recipe.ts';
import { visualize, type VisualizeStep } from './visualize.ts';
import { readVisualizeCheckpoint, VisualizeKeeper, type BatchState } from './checkpoint.ts';
import { cancellable, type Workbench } from '../common/workbench.ts';

/** White between the images, in pixels. */
const SHEET = { gap: 4, fill: 1 };

export async function* runVisualize(
  workbench: Workbench,
  request: VisualizeRequest,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<VisualizeResult>, void, undefined> {
  const began = performance.now();
  const bench = cancellable(workbench, signal);
  const { model, runtime } = bench;
  await checkWritable(request.out);
  const settings = completeSettings(request.settings);
  const batches = await planBatches(model, settings);
  const goals = batches.flatMap((batch) => batch.goals);
  const size = { width: settings.size, height: settings.size };
  // An interpolation is one row.
  const layout = settings.interpolate === null ? SHEET : { ...SHEET, columns: settings.interpolate };
  const { width, height } = sheetSize(size, goals.length, layout);
  const recipe = await recipeOf(bench, settings);
  const film = request.film === null ? null : await Film.begin(request.film, settings.steps);
  const gradients = batches.map(
    ({ goals: own, viewing, gradient }) =>
      new LivelyGradient(bench, own, { batch: own.length * viewing.count, ...viewing.view }, gradient),
  );
  const kept = request.start === null ? undefined : await readVisualizeCheckpoint(request.start, batches);
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
    ...differences(bench, request.repeats),
    ...gradients.flatMap((gradient) => gradient.notes),
  ];
  try {
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
        yield {
          kind: 'started',
          steps: settings.steps,
          width,
          height,
          runtime: runtime.name,
          device: runtime.device,
          notes: notes(),
        };
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
        of: settings.steps,
        octave: 1,
        octaves: 1,
        width,
        height,
        objective: mean(values),
        ms,
        ...(frame === undefined ? {} : { frame }),
        ...(note === '' ? {} : { note }),
      };
      throwIfCancelled(signal);
    }
  } finally {
    await keeper.flush();
    for (const run of runs) await run.return();
    for (const gradient of gradients) await gradient.release();
  }
  const files = request.separate && images.length > 1 ? await saveEach(images, request, recipe, signal) : [];
  await saveImage(sheetOf(images, layout), request.out, { recipe });
  yield {
    kind: 'done',
    result: {
      output: resolvePath(request.out),
      recipe,
      model: model.name,
      runtime: runtime.name,
      device: runtime.device,
      seconds: (performance.now() - began) / 1000,
      steps: settings.steps,
      msPerStep: msTotal / settings.steps,
      objective: { first: mean([...first]), last: mean([...last]) },
      images: goals.map((goal, i): VisualizedImage => ({
        target: textOf(goal),
        output: files[i] ?? null,
        objective: { first: first[i] ?? 0, last: last[i] ?? 0 },
      })),
      notes: notes(),
    },
  };
}

function start(
  batch: VisualizeBatch,
  gradient: LivelyGradient | undefined,
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
