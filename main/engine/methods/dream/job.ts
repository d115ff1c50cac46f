/**
 * A dream as a job: files in, steps and previews out, a picture with its recipe at the end. Whoever pulls the events sets
 * the pace; leaving early ends the job, with its state in the checkpoint and no output.
 */
import { basename, resolve as resolvePath } from 'node:path';
import type { PictureResult } from '../../../../shared/contract/result.ts';
import { throwIfCancelled } from '../../../../shared/cancellation.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import type { MemoryEstimate } from '../../../../shared/contract/memory.ts';
import { inBytes, memoryWarning } from '../../../../shared/memory-words.ts';
import type { FileIdentity, Recipe } from '../../../../shared/recipes/recipe.ts';
import { RECIPE_FORMAT } from '../../../../shared/recipes/recipe.ts';
import type { DreamRequest } from '../../../../shared/contract/dream.ts';
import { checkWritable, decodeImage, saveImage } from '../../imaging/codec.ts';
import { transferColour } from '../../imaging/colour.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import { resize } from '../../imaging/resample.ts';
import type { Model } from '../../models/model.ts';
import { DreamKeeper, readStart, type Start } from './checkpoint.ts';
import { defaultLayers, energyOf, likenessTo, resolveTerms } from './terms.ts';
import { dream, planDream, type DreamState, type DreamStep } from './dream.ts';
import { identify } from '../common/identify.ts';
import { dreamMemory, TILE } from './memory.ts';
import { dreamSize } from './octaves.ts';
import { Previewer } from '../common/preview.ts';
import { StepPictures } from '../common/step-pictures.ts';
import { Tiling } from './tiling.ts';
import { cancellable, type Workbench } from '../common/workbench.ts';

export async function* runDream(
  workbench: Workbench,
  request: DreamRequest,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<PictureResult>, void, undefined> {
  const began = performance.now();
  const bench = cancellable(workbench, signal);
  const { model, runtime } = bench;
  const { settings } = request;
  await checkWritable(request.out);
  const layers = settings.layers ?? defaultLayers(model);
  const terms = resolveTerms(model, layers, settings.channels);
  const { pixels } = await decodeImage(request.image);
  const size = dreamSize(pixels, settings.size);
  const smallest = model.smallest(terms.map(({ tensor }) => tensor));
  const plan = planDream(size, settings, smallest);
  const mask = settings.mask === null ? undefined : (await decodeImage(settings.mask)).pixels;
  const guide = settings.guide === null ? undefined : (await decodeImage(settings.guide)).pixels;
  const objective = guide === undefined ? energyOf(terms) : await likenessTo(guide, terms, bench);
  const start =
    request.start === null ? undefined : { ...request.start, ...(await readStart(request.start.picture)) };
  const memory = dreamMemory(model, runtime.device, pixels, settings);
  const tiling = tilingOf(request, memory.tile, start, smallest);
  if (request.smaller) {
    const next = (start?.step ?? 0) + 1;
    tiling.shrink(next, plan.sizes[Math.ceil(next / settings.steps) - 1] ?? size);
  }
  const tile = tiling.wished;
  const recipe: Recipe<'dream'> = {
    reverie: RECIPE_FORMAT,
    method: 'dream',
    model: { name: model.name, sha256: model.sha256 },
    source: { ...(await identify(request.image)), width: pixels.width, height: pixels.height },
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
  const { frames } = request;
  const pictures = frames === null ? null : await StepPictures.in(frames.folder);
  yield {
    kind: 'started',
    steps: plan.steps,
    ...size,
    runtime: runtime.name,
    device: runtime.device,
    notes: [...differences(recipe, request.repeats, model), ...memoryNotes(settings, memory)],
    memory,
  };

  const source = resize(pixels, size.width, size.height);
  const finish = (picture: Pixels): Pixels => (settings.keepColour ? recolour(source, picture) : picture);
  const steps = dream({ ...bench, objective }, source, plan, { ...settings, tile, tiling, mask }, start);
  const keeper = new DreamKeeper(request.checkpoint, tiling, async () => pictures?.flush());
  const previewer = new Previewer(request.preview);
  const tally = new Tally();
  let picture = start?.picture ?? source;
  try {
    for await (const step of steps) {
      tally.add(step);
      picture = step.picture;
      await pictures?.keep(
        step.step,
        frames?.scale === 'full' ? resize(finish(picture), size.width, size.height) : finish(picture),
      );
      await keeper.keep(step);
      const frame = previewer.frame(step, plan.steps, () => finish(step.picture));
      const note = tiling.takeNews().join(' ');
      yield {
        kind: 'step',
        ...pick(step),
        ...(frame === undefined ? {} : { frame }),
        ...(note === '' ? {} : { note }),
      };
      throwIfCancelled(signal);
    }
  } finally {
    await keeper.flush();
  }
  const { changes } = tiling;
  const made = changes.length === 0 ? recipe : { ...recipe, tiles: changes };
  await saveImage(finish(picture), request.out, { recipe: made });
  yield {
    kind: 'done',
    result: {
      output: resolvePath(request.out),
      recipe: made,
      model: model.name,
      runtime: runtime.name,
      device: runtime.device,
      seconds: (performance.now() - began) / 1000,
      ...tally.summary(),
      memory,
    },
  };
}

/** Tiles as they were before this start; else as in the recipe that is repeated, where it is repeated with them; else as asked for. */
function tilingOf(
  { settings, repeats }: DreamRequest,
  side: number,
  start: (Start & Pick<DreamState, 'step'>) | undefined,
  smallest: number,
): Tiling {
  if (start?.tiles !== undefined) return new Tiling(start.tiles.wished, smallest, start.tiles.changes);
  const same = repeats?.method === 'dream' && repeats.settings.tile === settings.tile;
  return new Tiling(side, smallest, same ? repeats.tiles : []);
}

function pick({ step, of, octave, octaves, picture, objective, ms }: DreamStep) {
  return { step, of, octave, octaves, width: picture.width, height: picture.height, objective, ms };
}

/** The colours of the photo under the light of the dream, at the dream's size. */
const recolour = (source: Pixels, picture: Pixels): Pixels =>
  transferColour(resize(source, picture.width, picture.height), picture);

/** Figures over the steps of a job. */
class Tally {
  #count = 0;
  #ms = 0;
  #octave = 0;
  #first = 0;
  #last = 0;

  add({ octave, objective, ms }: DreamStep): void {
    if (octave !== this.#octave) this.#first = objective;
    this.#octave = octave;
    this.#last = objective;
    this.#count++;
    this.#ms += ms;
  }

  /** Objectives are those of the last octave: between octaves they cannot be compared. */
  summary(): Pick<PictureResult, 'steps' | 'msPerStep' | 'objective'> {
    const msPerStep = this.#count === 0 ? 0 : this.#ms / this.#count;
    return { steps: this.#count, msPerStep, objective: { first: this.#first, last: this.#last } };
  }
}

const nameOf = (path: string | null): string | null => (path === null ? null : basename(path));

/** The other files that take part. */
async function filesOf({
  settings: { guide, mask },
}: DreamRequest): Promise<{ files?: Record<string, FileIdentity> }> {
  const files: Record<string, FileIdentity> = {};
  if (guide !== null) files['guide'] = await identify(guide);
  if (mask !== null) files['mask'] = await identify(mask);
  return Object.keys(files).length === 0 ? {} : { files };
}

/** Tiles that are smaller than usual for want of memory, and memory that will hardly do. */
function memoryNotes({ tile }: DreamRequest['settings'], memory: MemoryEstimate): string[] {
  const warning = memoryWarning(memory);
  const small = `Memory is short (${inBytes(memory.free)} are free), so the tiles are of ${memory.tile} pixels.`;
  return [
    ...(tile === null && memory.tile < TILE ? [small] : []),
    ...(warning === undefined ? [] : [warning]),
  ];
}

/** What a repetition should be told: another network, another picture, guessed preprocessing. */
function differences(recipe: Recipe<'dream'>, repeated: Recipe | null, model: Model): string[] {
  const notes: string[] = [];
  if (model.card.guessed) {
    notes.push(
      `Nothing says how "${model.name}" wants its pictures, so the usual preprocessing of ImageNet networks is taken.`,
    );
  }
  if (repeated !== null && repeated.model.sha256 !== recipe.model.sha256) {
    notes.push(
      `The recipe was made with another network, "${repeated.model.name}", so the picture will differ.`,
    );
  }
  if (repeated?.source && repeated.source.sha256 !== recipe.source.sha256) {
    notes.push(`The recipe was made from another picture, "${repeated.source.name}".`);
  }
  return notes;
}
