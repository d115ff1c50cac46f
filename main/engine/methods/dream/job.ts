/**
 * A dream as a job: files in, steps and previews out, a picture with its recipe at the end. Whoever pulls the events sets
 * the pace; leaving early ends the job, with its state in the checkpoint and no output.
 */
import { basename, resolve as resolvePath } from 'node:path';
import type { DreamResult } from '../../../../shared/methods/dream.ts';
import type { RequestOf } from '../../../../shared/methods/request.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import type { MemoryEstimate } from '../../../../shared/memory.ts';
import { inBytes, memoryWarning } from '../../../../shared/memory.ts';
import type { Recipe } from '../../../../shared/recipes/recipe.ts';
import type { FileIdentity } from '../../../../shared/recipes/recipe-form.ts';
import { RECIPE_FORMAT } from '../../../../shared/recipes/recipe-form.ts';
import { checkWritable, decodeImage, saveImage } from '../../imaging/codec.ts';
import { transferColour } from '../../imaging/colour.ts';
import type { Pixels, Size } from '../../imaging/pixels.ts';
import { resize } from '../../imaging/resample.ts';
import { DreamKeeper, readStart, type Start } from './checkpoint.ts';
import { defaultLayers, energyOf, likenessTo, resolveTerms } from './terms.ts';
import { dream, planDream, type DreamState, type DreamStep } from './dream.ts';
import { identify } from '../common/identify.ts';
import { notesOn, notesOnFile } from '../common/notes.ts';
import { runJob, type Own, type Scope, type Told } from '../common/run-job.ts';
import { dreamMemory, TILE } from './memory.ts';
import { dreamSize } from './octaves.ts';
import { Previewer } from '../common/preview.ts';
import { StepPictures } from '../common/step-pictures.ts';
import { Tiling } from './tiling.ts';
import type { MethodContext } from '../common/context.ts';

export async function* runDream(
  context: MethodContext,
  request: RequestOf<'dream'>,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<DreamResult>, void, undefined> {
  yield* runJob(context, (context, scope) => work(context, request, scope), signal);
}

async function* work(
  context: MethodContext,
  request: RequestOf<'dream'>,
  { signal, atEnd }: Scope,
): AsyncGenerator<Told, Own<'dream'>, undefined> {
  const { model, runtime } = context;
  const { settings } = request;
  await checkWritable(request.out);
  const layers = settings.layers ?? defaultLayers(model);
  const terms = resolveTerms(model, layers, settings.channels);
  const { source, photo, file } = await sourceOf(request, signal);
  const size: Size = { width: source.width, height: source.height };
  const smallest = model.smallest(terms.map(({ tensor }) => tensor));
  const plan = planDream(size, settings, smallest);
  const mask = settings.mask === null ? undefined : (await decodeImage(settings.mask, { signal })).pixels;
  const guide = settings.guide === null ? undefined : (await decodeImage(settings.guide, { signal })).pixels;
  const objective = guide === undefined ? energyOf(terms) : await likenessTo(guide, terms, context);
  const start =
    request.start === null ? undefined : { ...request.start, ...(await readStart(request.start.picture)) };
  const memory = dreamMemory(model, runtime.device, photo, settings);
  const tiling = tilingOf(request, memory.tile, start, smallest);
  if (request.smaller) {
    const next = (start?.step ?? 0) + 1;
    tiling.shrink(next, plan.sizes[Math.ceil(next / settings.steps) - 1] ?? size);
  }
  const tile = tiling.wished;
  const recipe: Recipe<'dream'> = {
    reverie: RECIPE_FORMAT,
    method: 'dream',
    model: model.identity,
    source: { ...(await identify(request.image)), ...photo },
    ...(await filesOf(request)),
    settings: {
      ...settings,
      layers,
      size: Math.max(size.width, size.height),
      tile,
      mask: nameOf(settings.mask),
      guide: nameOf(settings.guide),
    },
  };
  const pictures = request.frames === null ? null : await StepPictures.in(request.frames);
  yield {
    kind: 'started',
    steps: plan.steps,
    ...size,
    notes: [
      ...notesOnFile(file),
      ...notesOn(model, request.repeats, recipe.source),
      ...memoryNotes(settings, memory),
    ],
    memory,
  };

  const finish = (picture: Pixels): Pixels => (settings.keepColour ? recolour(source, picture) : picture);
  // The photo's own colours are looked up to the end.
  const options = { ...settings, tile, tiling, mask, inPlace: !settings.keepColour };
  const steps = dream({ ...context, objective }, source, plan, options, start);
  const keeper = new DreamKeeper(request.checkpoint, tiling, async () => pictures?.flush());
  const previewer = new Previewer(request.preview);
  const tally = new Tally();
  // What it has come to is kept, also of a job that is left.
  atEnd(() => keeper.flush());
  let picture = start?.picture ?? source;
  for await (const step of steps) {
    picture = step.picture;
    tally.add(step);
    keeper.unsettle();
    const full = request.frameScale === 'full';
    await pictures?.keep(
      step.step,
      full ? resize(finish(picture), size.width, size.height) : finish(picture),
    );
    await keeper.keep(step);
    const frame = previewer.frame(step, plan.steps, () => finish(step.picture));
    const note = tiling.takeNews().join(' ');
    yield {
      kind: 'step',
      ...factsOf(step),
      ...(frame === undefined ? {} : { frame }),
      ...(note === '' ? {} : { note }),
    };
  }
  await keeper.flush();
  const { changes } = tiling;
  const made = changes.length === 0 ? recipe : { ...recipe, tiles: changes };
  await saveImage(finish(picture), request.out, { recipe: made, signal });
  return { output: resolvePath(request.out), recipe: made, objective: tally.objective, memory };
}

/** The photo at the size of the dream: as it was decoded it is not kept, since it may be much larger. */
async function sourceOf({ image, settings }: RequestOf<'dream'>, signal: AbortSignal | undefined) {
  const { pixels, source: file } = await decodeImage(image, { signal });
  const photo: Size = { width: pixels.width, height: pixels.height };
  const { width, height } = dreamSize(photo, settings.size);
  const fits = width === photo.width && height === photo.height;
  return { source: fits ? pixels : resize(pixels, width, height), photo, file };
}

/** Tiles as they were before this start; else as in the recipe that is repeated, where it is repeated with them; else as asked for. */
function tilingOf(
  { settings, repeats }: RequestOf<'dream'>,
  side: number,
  start: (Start & Pick<DreamState, 'step'>) | undefined,
  smallest: number,
): Tiling {
  if (start?.tiles !== undefined) return new Tiling(start.tiles.wished, smallest, start.tiles.changes);
  const same = repeats?.method === 'dream' && repeats.settings.tile === settings.tile;
  return new Tiling(side, smallest, same ? repeats.tiles : []);
}

function factsOf({ step, of, octave, octaves, picture, objective, ms }: DreamStep) {
  const { width, height } = picture;
  return { step, of, stage: { octave, octaves, width, height }, objective, ms };
}

/** The colours of the photo under the light of the dream, at the dream's size. */
const recolour = (source: Pixels, picture: Pixels): Pixels =>
  transferColour(resize(source, picture.width, picture.height), picture);

/** The objective of the last octave: between octaves it cannot be compared. */
class Tally {
  #octave = 0;
  #first = 0;
  #last = 0;

  add({ octave, objective }: DreamStep): void {
    if (octave !== this.#octave) this.#first = objective;
    this.#octave = octave;
    this.#last = objective;
  }

  get objective(): { first: number; last: number } {
    return { first: this.#first, last: this.#last };
  }
}

const nameOf = (path: string | null): string | null => (path === null ? null : basename(path));

/** The other files that take part. */
async function filesOf({
  settings: { guide, mask },
}: RequestOf<'dream'>): Promise<{ files?: Record<string, FileIdentity> }> {
  const files: Record<string, FileIdentity> = {};
  if (guide !== null) files['guide'] = await identify(guide);
  if (mask !== null) files['mask'] = await identify(mask);
  return Object.keys(files).length === 0 ? {} : { files };
}

/** Tiles that are smaller than usual for want of memory, and memory that will hardly do. */
function memoryNotes({ tile }: RequestOf<'dream'>['settings'], memory: MemoryEstimate): string[] {
  const warning = memoryWarning(memory);
  const small = `Memory is short (${inBytes(memory.free)} are free), so the tiles are of ${memory.tile} pixels.`;
  return [
    ...(tile === null && memory.tile < TILE ? [small] : []),
    ...(warning === undefined ? [] : [warning]),
  ];
}
