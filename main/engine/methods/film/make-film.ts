/** A film from its maker: the frames that are missing, each a step of the job, and then the film in one file and its poster. */
import { resolve as resolvePath } from 'node:path';
import type { FilmResult } from '../../../../shared/methods/film.ts';
import type { RequestOf } from '../../../../shared/methods/request.ts';
import { saveImage } from '../../imaging/codec.ts';
import type { Size } from '../../imaging/pixels.ts';
import { Previewer } from '../common/preview.ts';
import type { Told } from '../common/run-job.ts';
import type { Tiling } from '../dream/tiling.ts';
import { brightnessOf } from './colours.ts';
import type { KeptFrames } from './kept-frames.ts';
import { missingFrames, type Maker } from './missing-frames.ts';
import { writeVideo } from './video-file.ts';

interface Film {
  readonly maker: Maker;
  readonly kept: KeptFrames;
  readonly tiling: Tiling;
  readonly size: Size;
  readonly fps: number;
  /** A video whose sound goes with it, if it has any. */
  readonly sound?: string;
}

export async function* makeFilm(
  { maker, kept, tiling, size, fps, sound }: Film,
  { out, preview, video, poster }: Pick<RequestOf<'film'>, 'out' | 'preview' | 'video' | 'poster'>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Told, Pick<FilmResult, 'output' | 'brightness' | 'video'>, undefined> {
  const { recipe } = kept;
  const { frames } = kept.cut;
  const previewer = new Previewer(preview);
  for await (const { frame, picture } of missingFrames(maker, kept)) {
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
    const path = (frame: number): string => kept.path(frame);
    const heard = sound === undefined ? {} : { sound: resolvePath(sound) };
    await writeVideo(video, { folder: out, count: frames, fps, ...size, path, ...heard }, signal);
  }
  if (poster !== null) await saveImage(await kept.film(Math.ceil(frames / 2)), poster, { recipe, signal });
  return {
    output: resolvePath(out),
    brightness: {
      first: brightnessOf(await kept.film(1)),
      last: brightnessOf(await kept.film(frames)),
    },
    video: video === null ? null : resolvePath(video),
  };
}
