/**
 * A feature visualisation as a job: steps and previews out, a picture with its recipe at the end. All batches take a step before
 * any takes the next, so that the whole sheet grows together and a film shows it whole.
 */
import { mkdir } from 'node:fs/promises';
import { basename, join, parse as parsePath, resolve as resolvePath } from 'node:path';
import type {
  VisualizedImage,
  VisualizeRequest,
  VisualizeResult,
} from '../../../shared/contract/visualize.ts';
import { ReverieError } from '../../../shared/errors.ts';
import type { JobEvent } from '../../../shared/jobs.ts';
import { RECIPE_FORMAT, type FileIdentity, type Recipe } from '../../../shared/recipes/recipe.ts';
import { formatObjective, parseObjective } from '../../../shared/targets.ts';
import { checkWritable, saveImage } from '../imaging/codec.ts';
import { pixelsFrom, type Pixels } from '../imaging/pixels.ts';
import { identify } from './identify.ts';
import { LivelyGradient } from './lively-gradient.ts';
import { Previewer } from './preview.ts';
import { layOut, sheetOf } from './sheet.ts';
import type { Goal } from './unit-goals.ts';
import {
  completeSettings,
  planBatches,
  type CompleteSettings,
  type VisualizeBatch,
} from './visualize-plan.ts';
import { visualize, type VisualizeStep } from './visualize.ts';
import type { Workbench } from './workbench.ts';

export async function* runVisualize(
  bench: Workbench,
  request: VisualizeRequest,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<VisualizeResult>, void, undefined> {
  const began = performance.now();
  const { model, runtime } = bench;
  await checkWritable(request.out);
  const settings = completeSettings(request.settings);
  const batches = await planBatches(model, settings);
  const goals = batches.flatMap((batch) => batch.goals);
  const size = { width: settings.size, height: settings.size };
  const layout = layOut(size, goals.length, settings.interpolate ?? undefined);
  const recipe = await recipeOf(bench, settings);
  if (request.film !== null) await makeFolder(request.film.folder);
  const gradients = batches.map(
    ({ goals: own, viewing, gradient }) =>
      new LivelyGradient(bench, own, { batch: own.length * viewing.count, ...viewing.view }, gradient),
  );
  const runs = batches.map((batch, i) => start(batch, gradients[i], settings));
  const previewer = new Previewer(request.preview);
  const [first, last] = [new Float32Array(goals.length), new Float32Array(goals.length)];
  let images: Pixels[] = [];
  let msTotal = 0;
  let told = 0;
  const notes = (): string[] => [
    ...differences(bench, request.repeats),
    ...gradients.flatMap((gradient) => gradient.notes),
  ];
  try {
    for (let step = 0; step <= settings.steps; step++) {
      const results = await nextOfEach(runs);
      images = results.flatMap((result) => split(result, size));
      const values = results.flatMap((result) => [...result.values]);
      const ms = results.reduce((sum, result) => sum + result.ms, 0);
      const sheet = (): Pixels => sheetOf(images, layout);
      if (isFilmed(request.film, step, settings.steps)) {
        await saveImage(sheet(), join(request.film?.folder ?? '', `${String(step).padStart(4, '0')}.png`));
      }
      if (step === 0) continue;
      if (step === 1) {
        first.set(values);
        // Only now is it known which units are silent.
        yield {
          kind: 'started',
          steps: settings.steps,
          width: layout.width,
          height: layout.height,
          runtime: runtime.name,
          device: runtime.device,
          notes: notes(),
        };
        told = notes().length;
      }
      last.set(values);
      msTotal += ms;
      const frame = previewer.frame({ step }, settings.steps, sheet);
      const note = notes().slice(told).join(' ');
      told = notes().length;
      yield {
        kind: 'step',
        step,
        of: settings.steps,
        octave: 1,
        octaves: 1,
        width: layout.width,
        height: layout.height,
        objective: mean(values),
        ms,
        ...(frame === undefined ? {} : { frame }),
        ...(note === '' ? {} : { note }),
      };
      if (signal?.aborted === true)
        throw new ReverieError('job/cancelled', 'The visualisation was cancelled.');
    }
  } finally {
    for (const run of runs) await run.return();
    for (const gradient of gradients) await gradient.release();
  }
  const files = request.separate && images.length > 1 ? await saveEach(images, request, recipe) : [];
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
): AsyncGenerator<VisualizeStep, void, undefined> {
  if (gradient === undefined) throw new Error('A batch has no gradient.');
  const diversity = batch.gradient.diverse === null ? 0 : diversityWeight;
  return visualize(gradient, batch, { steps, seed, diversity });
}

async function nextOfEach(
  runs: readonly AsyncGenerator<VisualizeStep, void, undefined>[],
): Promise<VisualizeStep[]> {
  const results: VisualizeStep[] = [];
  for (const run of runs) {
    const { value } = await run.next();
    if (value === undefined) throw new Error('A batch ended before its last step.');
    results.push(value);
  }
  return results;
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

function isFilmed(film: VisualizeRequest['film'], step: number, last: number): boolean {
  return film !== null && (film.steps === 'all' || step === last || film.steps.includes(step));
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new ReverieError('output/unwritable', `The folder "${folder}" cannot be made.`, {}, { cause });
  });
}

/** Each image as `out-1.png`, …; one that can be repeated on its own says how. */
async function saveEach(
  images: readonly Pixels[],
  { out }: VisualizeRequest,
  recipe: Recipe<'visualize'>,
): Promise<string[]> {
  const { dir, name, ext } = parsePath(resolvePath(out));
  const { target, interpolate, diversity } = recipe.settings;
  const alone = interpolate === null && diversity === 1;
  const paths: string[] = [];
  for (const [i, image] of images.entries()) {
    const path = join(dir, `${name}-${i + 1}${ext}`);
    const own = target?.[i];
    const settings = alone && own !== undefined ? { ...recipe.settings, target: [own] } : recipe.settings;
    await saveImage(image, path, { recipe: { ...recipe, settings } });
    paths.push(path);
  }
  return paths;
}

/** The recipe, with the files of directions named without their folders. */
async function recipeOf({ model }: Workbench, settings: CompleteSettings): Promise<Recipe<'visualize'>> {
  const files: Record<string, FileIdentity> = {};
  const target: string[] = [];
  for (const text of settings.target) {
    const parts = parseObjective(text);
    for (const part of parts) {
      if (part.target.kind !== 'direction') continue;
      const count = Object.keys(files).length;
      files[count === 0 ? 'target' : `target${count + 1}`] = await identify(part.target.file);
    }
    target.push(
      formatObjective(
        parts.map((part) =>
          part.target.kind === 'direction'
            ? { ...part, target: { ...part.target, file: basename(part.target.file) } }
            : part,
        ),
      ),
    );
  }
  return {
    reverie: RECIPE_FORMAT,
    method: 'visualize',
    model: { name: model.name, sha256: model.sha256 },
    source: null,
    ...(Object.keys(files).length === 0 ? {} : { files }),
    settings: { ...settings, target },
  };
}

/** What the caller should know before the first step. */
function differences({ model }: Workbench, repeats: Recipe | null): string[] {
  return [
    ...(model.card.guessed
      ? [
          `Nothing says how "${model.name}" wants its pictures, so the usual preprocessing of ImageNet networks is taken.`,
        ]
      : []),
    ...(repeats !== null && repeats.model.sha256 !== model.sha256
      ? [`The recipe was made with another network, "${repeats.model.name}", so the picture will differ.`]
      : []),
  ];
}
