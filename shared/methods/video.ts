/** A dreamed video: frames that somebody has filmed, each dreamed on with the dream of the one before carried along. */
import type { PictureResult } from '../contract/result.ts';
import type { RecipeForm } from '../recipes/recipe-form.ts';
import { video as settings, type VideoSettings } from '../recipes/video.ts';
import { film } from './film.ts';
import type { Method } from './method.ts';

/** Its `output` is the folder of the frames, and its steps are the frames that were made now. */
export interface VideoResult extends Omit<
  PictureResult<RecipeForm<'video', VideoSettings, null>>,
  'objective'
> {
  frames: number;
  width: number;
  height: number;
  /** Frames a second. */
  fps: number;
  /** The frames, counted from 1, at which the dream begins anew because the scene is another; of those that were made now. */
  cuts: readonly number[];
  /** Mean grey level, 0 to 255, of the first frame and of the last. */
  brightness: { first: number; last: number };
  /** Absolute path of the film in one file, or `null`. */
  video: string | null;
}

export const video = {
  settings,
  inputs: { clip: 'file' },
  out: {
    when: 'required',
    field: { ...film.out.field, auto: '<video>-video here' },
  },
  outputs: {
    video: {
      ...film.outputs.video,
      help: `${film.outputs.video.help}. With the sound of the video`,
    },
    poster: film.outputs.poster,
  },
  recipe: true,
  command: {
    usage: '<folder of frames or video>',
    positionals: { min: 1, max: 1 },
    summary: 'Dream on a video, without flicker: the dream moves with what is filmed',
    notes: [
      'A folder of frames is taken in the order of their numbers. A video file is read by ffmpeg, where it is installed.',
      'A film that was stopped goes on when the same command is given again, and becomes the same film.',
    ],
    heading: 'Video',
  },
  resumes: { from: 'kept parts' },
  shrinks: false,
  words: { noun: 'video', title: 'Video', running: 'Dreaming on a video', again: null },
} as const satisfies Method;
