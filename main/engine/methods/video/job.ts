/**
 * A dreamed video as a job: frames in, a folder of frames out. Its steps are its frames, each kept as soon as it is made; those that are
 * there are passed over, so a film that was stopped goes on, and becomes the film that it would have been.
 */
import { resolve as resolvePath } from 'node:path';
import { ReverieError } from '../../../../shared/errors.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import { memoryWarning } from '../../../../shared/memory.ts';
import type { RequestOf } from '../../../../shared/methods/request.ts';
import type { VideoResult } from '../../../../shared/methods/video.ts';
import { FILM_LONGER_SIDE } from '../../../../shared/recipes/film.ts';
import { LONGEST_FILM } from '../../../../shared/recipes/keyframes.ts';
import { RECIPE_FORMAT } from '../../../../shared/recipes/recipe-form.ts';
import type { Recipe } from '../../../../shared/recipes/recipe.ts';
import { checkWritable, saveImage } from '../../imaging/codec.ts';
import type { MethodContext } from '../common/context.ts';
import { notesOn } from '../common/notes.ts';
import { Previewer } from '../common/preview.ts';
import { runJob, type Own, type Scope, type Told } from '../common/run-job.ts';
import { dreamMemory } from '../dream/memory.ts';
import { dreamSize } from '../dream/octaves.ts';
import { defaultLayers, resolveTerms } from '../dream/terms.ts';
import { Tiling } from '../dream/tiling.ts';
import { brightnessOf } from '../film/colours.ts';
import { durationNotes } from '../film/duration.ts';
import { KeptFrames, openFolder } from '../film/kept-frames.ts';
import { missingFrames } from '../film/missing-frames.ts';
import { planSegments } from '../film/segments.ts';
import { checkVideo, writeVideo } from '../film/video-file.ts';
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
  const longer = asked.size ?? Math.min(Math.max(clip.size.width, clip.size.height), FILM_LONGER_SIDE);
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
  const maker = new VideoFrameMaker(context, settings, { clip, size, flow, tiling });
  const kept = new KeptFrames(out, recipe, { frames, overlap, segments });
  const warning = memoryWarning(memory);
  let missing = 0;
  for (let frame = 1; frame <= frames; frame++) missing += kept.has(frame) ? 0 : 1;
  const first = await clip.read(1, size);
  yield {
    kind: 'started',
    steps: frames,
    ...size,
    notes: [
      ...notesOn(model, request.repeats),
      ...(warning === undefined ? [] : [warning]),
      ...(await durationNotes(missing, () => maker.after(first, 2))),
    ],
    memory,
  };
  maker.cuts.length = 0;

  const previewer = new Previewer(request.preview);
  for await (const { frame, picture } of missingFrames(maker, kept, segments, overlap)) {
    const look = previewer.frame({ step: frame }, frames, () => picture);
    const note = tiling.takeNews().join(' ');
    yield {
      kind: 'step',
      step: frame,
      ...(look === undefined ? {} : { frame: look }),
      ...(note === '' ? {} : { note }),
    };
  }
  await kept.tidy();
  if (video !== null) {
    const sound = clip.sound === undefined ? {} : { sound: resolvePath(clip.sound) };
    const path = (frame: number): string => kept.path(frame);
    await writeVideo(video, { folder: out, count: frames, fps, ...size, path, ...sound }, signal);
  }
  await clip.tidy();
  if (poster !== null) await saveImage(await kept.film(Math.ceil(frames / 2)), poster, { recipe, signal });
  return {
    output: resolvePath(out),
    recipe,
    frames,
    ...size,
    fps,
    cuts: [...new Set(maker.cuts)].sort((a, b) => a - b),
    brightness: {
      first: brightnessOf(await kept.film(1)),
      last: brightnessOf(await kept.film(frames)),
    },
    video: video === null ? null : resolvePath(video),
    memory,
  };
}
