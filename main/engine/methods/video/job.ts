/**
 * A dreamed video as a job: frames in, a folder of frames out. Its steps are its frames, each kept as soon as it is made; those that are
 * there are passed over, so a film that was stopped goes on, and becomes the film that it would have been.
 */
import { ReverieError } from '../../../../shared/errors.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import { memoryWarning } from '../../../../shared/memory.ts';
import type { RequestOf } from '../../../../shared/methods/request.ts';
import type { VideoResult } from '../../../../shared/methods/video.ts';
import { FILM_LONGER_SIDE, filmSide } from '../../../../shared/recipes/film.ts';
import { LONGEST_FILM } from '../../../../shared/recipes/keyframes.ts';
import { RECIPE_FORMAT } from '../../../../shared/recipes/recipe-form.ts';
import type { Recipe } from '../../../../shared/recipes/recipe.ts';
import { checkWritable } from '../../imaging/codec.ts';
import type { MethodContext } from '../common/context.ts';
import { notesOn } from '../common/notes.ts';
import { runJob, type Own, type Scope, type Told } from '../common/run-job.ts';
import { dreamMemory } from '../dream/memory.ts';
import { dreamSize } from '../dream/octaves.ts';
import { defaultLayers, resolveTerms } from '../dream/terms.ts';
import { Tiling } from '../dream/tiling.ts';
import { durationNotes } from '../film/duration.ts';
import { KeptFrames, openFolder } from '../film/kept-frames.ts';
import { makeFilm } from '../film/make-film.ts';
import { planSegments } from '../film/segments.ts';
import { checkVideo } from '../film/video-file.ts';
import { openClip } from './clip.ts';
import { VideoFrameMaker } from './frame-maker.ts';
import { OpticalFlow } from './optical-flow.ts';

export async function* runVideo(
  context: MethodContext,
  request: RequestOf<'video'>,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<VideoResult>, void, undefined> {
  yield* runJob(context, (context, scope) => work(context, request, scope), signal);
}

async function* work(
  context: MethodContext,
  request: RequestOf<'video'>,
  { signal, atEnd }: Scope,
): AsyncGenerator<Told, Own<'video'>, undefined> {
  const { model } = context;
  const { settings: asked, out, video, poster } = request;
  const clip = await openClip(request.clip, {
    fps: asked.fps,
    longer: asked.size ?? FILM_LONGER_SIDE,
    beside: out,
    signal,
  });
  const { frames, fps } = clip;
  if (frames > LONGEST_FILM)
    throw new ReverieError(
      'usage/option',
      `"${request.clip}" has ${frames} frames; a film can have at most ${LONGEST_FILM}. Cut it into shorter ones.`,
    );
  const { overlap } = asked;
  const segments = planSegments(frames, asked.segment, overlap);
  const longer = filmSide(clip.size, asked.size);
  const size = dreamSize(clip.size, longer);
  if (video !== null) await checkVideo(video, { count: frames, ...size });
  if (poster !== null) await checkWritable(poster);
  const layers = asked.layers ?? defaultLayers(model);
  const memory = dreamMemory(model, context.runtime.device, clip.size, {
    layers,
    channels: null,
    size: longer,
    tile: asked.tile,
  });
  const recipe = await openFolder<Recipe<'video'>>(
    out,
    {
      reverie: RECIPE_FORMAT,
      method: 'video',
      model: model.identity,
      source: null,
      files: { clip: clip.identity },
      settings: { ...asked, layers, fps, size: longer, tile: memory.tile },
    },
    asked.tile,
  );
  const { settings } = recipe;
  const tiling = new Tiling(
    settings.tile ?? memory.tile,
    model.smallest(resolveTerms(model, layers, null).map(({ tensor }) => tensor)),
  );
  const flow = await OpticalFlow.of(size);
  atEnd(() => flow.dispose());
  const parts = { clip, size, flow, tiling };
  const kept = new KeptFrames(out, recipe, { frames, overlap, segments });
  const warning = memoryWarning(memory);
  // A maker of its own, whose cuts do not count.
  const trial = new VideoFrameMaker(context, settings, parts);
  yield {
    kind: 'started',
    steps: frames,
    ...size,
    notes: [
      ...notesOn(model, request.repeats),
      ...(warning === undefined ? [] : [warning]),
      ...(await durationNotes(kept.missing.length, async () => trial.after(await clip.read(1, size), 2))),
    ],
    memory,
  };
  const maker = new VideoFrameMaker(context, settings, parts);
  const film = { maker, kept, tiling, size, fps };
  const made = yield* makeFilm(
    clip.sound === undefined ? film : { ...film, sound: clip.sound },
    request,
    signal,
  );
  await clip.tidy();
  const cuts = [...new Set(maker.cuts)].sort((a, b) => a - b);
  return { ...made, recipe, frames, ...size, fps, cuts, memory };
}
