/**
 * A zoom film as a job: a picture in, a folder of frames out. Its steps are its frames, each kept as soon as it is made; those that
 * are there are passed over, so a film that was stopped goes on, and becomes the film that it would have been.
 */
import { stat } from 'node:fs/promises';
import { ReverieError } from '../../../../shared/errors.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import { memoryWarning, type MemoryEstimate } from '../../../../shared/memory.ts';
import type { FilmResult } from '../../../../shared/methods/film.ts';
import type { RequestOf } from '../../../../shared/methods/request.ts';
import { filmSide, type FilmSettings } from '../../../../shared/recipes/film.ts';
import { RECIPE_FORMAT } from '../../../../shared/recipes/recipe-form.ts';
import type { Recipe } from '../../../../shared/recipes/recipe.ts';
import { checkWritable, decodeImage } from '../../imaging/codec.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import { resize } from '../../imaging/resample.ts';
import type { MethodContext } from '../common/context.ts';
import { identify } from '../common/identify.ts';
import { notesOn, notesOnFile } from '../common/notes.ts';
import { runJob, type Own, type Scope, type Told } from '../common/run-job.ts';
import { dreamMemory } from '../dream/memory.ts';
import { dreamSize } from '../dream/octaves.ts';
import { defaultLayers, resolveTerms } from '../dream/terms.ts';
import { Tiling } from '../dream/tiling.ts';
import { durationNotes } from './duration.ts';
import { FrameMaker, quantised } from './frame-maker.ts';
import { KeptFrames, openFolder } from './kept-frames.ts';
import { makeFilm } from './make-film.ts';
import { Motion } from './motion.ts';
import { planSegments } from './segments.ts';
import { checkVideo } from './video-file.ts';

export async function* runFilm(
  context: MethodContext,
  request: RequestOf<'film'>,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<FilmResult>, void, undefined> {
  yield* runJob(context, (context, scope) => work(context, request, scope), signal);
}

async function* work(
  context: MethodContext,
  request: RequestOf<'film'>,
  { signal }: Scope,
): AsyncGenerator<Told, Own<'film'>, undefined> {
  const { model } = context;
  const { settings: asked, out, video, poster } = request;
  const { frames, overlap } = asked;
  if (asked.loop && overlap === 0)
    throw new ReverieError(
      'usage/option',
      'The end of a loop flows into its beginning over frames: set --overlap to at least 1, or leave out --loop.',
    );
  await requirePicture(request.image);
  const segments = planSegments(frames, asked.segment, overlap);
  const { pixels, source: file } = await decodeImage(request.image, { signal });
  const longer = filmSide(pixels, asked.size);
  const size = dreamSize(pixels, longer);
  if (video !== null) await checkVideo(video, { count: frames, ...size });
  if (poster !== null) await checkWritable(poster);
  const layers = asked.layers ?? defaultLayers(model);
  const motion = new Motion(asked, layers);
  const memory = memoryOf(context, pixels, { ...asked, size: longer, layers: motion.layers.flat() });
  const recipe = await openFolder<Recipe<'film'>>(
    out,
    {
      reverie: RECIPE_FORMAT,
      method: 'film',
      model: model.identity,
      source: { ...(await identify(request.image)), width: pixels.width, height: pixels.height },
      settings: { ...asked, layers, size: longer, tile: memory.tile },
    },
    asked.tile,
  );
  const { settings } = recipe;
  const smallest = model.smallest(
    resolveTerms(model, motion.layers.flat(), null).map(({ tensor }) => tensor),
  );
  const tiling = new Tiling(settings.tile ?? memory.tile, smallest);
  const source = quantised(resize(pixels, size.width, size.height));
  const maker = new FrameMaker(context, settings, { motion, tiling, source });
  const kept = new KeptFrames(out, recipe, { frames, overlap, segments });
  const warning = memoryWarning(memory);
  yield {
    kind: 'started',
    steps: frames,
    ...size,
    notes: [
      ...notesOnFile(file),
      ...notesOn(model, request.repeats, recipe.source),
      ...(warning === undefined ? [] : [warning]),
      ...(await durationNotes(costOf(maker, kept), () => maker.after(source, 2))),
    ],
    memory,
  };

  const { fps } = settings;
  const made = yield* makeFilm({ maker, kept, tiling, size, fps }, request, signal);
  return { ...made, recipe, frames, ...size, memory };
}

/** @throws ReverieError `usage/option` for what was filmed already */
async function requirePicture(path: string): Promise<void> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder || /\.(mp4|m4v|mov|mkv|webm|avi)$/i.test(path))
    throw new ReverieError(
      'usage/option',
      `A zoom film begins with one picture; on a folder of frames or a video like "${path}", reverie video dreams.`,
      { path },
    );
}

/** What is missing of a film, in frames like its second. */
function costOf(maker: FrameMaker, kept: KeptFrames): number {
  const made = kept.missing.filter((frame) => frame > 1);
  return made.reduce((cost, frame) => cost + maker.cost(frame), 0) / maker.cost(2);
}

/** What the dream on a frame takes, and its tiles. */
function memoryOf(
  { model, runtime }: MethodContext,
  pixels: Pixels,
  { layers, size, tile }: Pick<FilmSettings, 'layers' | 'size' | 'tile'>,
): MemoryEstimate {
  return dreamMemory(model, runtime.device, pixels, { layers, channels: null, size, tile });
}
