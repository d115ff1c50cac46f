/** A zoom film: each frame is the one before, moved a little and dreamed on. */
import type { PictureResult } from '../contract/result.ts';
import { film as settings, type FilmSettings } from '../recipes/film.ts';
import type { PictureIdentity, RecipeForm } from '../recipes/recipe-form.ts';
import type { Method } from './method.ts';

/** Its `output` is the folder of the frames, and its steps are the frames that were made now. */
export interface FilmResult extends Omit<
  PictureResult<RecipeForm<'film', FilmSettings, PictureIdentity>>,
  'objective'
> {
  frames: number;
  width: number;
  height: number;
  /** Mean grey level, 0 to 255, of the first frame and of the last. */
  brightness: { first: number; last: number };
  /** Absolute path of the film in one file, or `null`. */
  video: string | null;
}

export const film = {
  settings,
  inputs: { image: 'file' },
  out: {
    when: 'required',
    field: {
      kind: 'file',
      label: 'Output',
      help: 'The folder for the frames, 0001.png and on; a film that was stopped there goes on',
      default: null,
      auto: '<picture>-film here',
      accepts: 'folder',
    },
  },
  outputs: {
    video: {
      kind: 'file',
      label: 'Video',
      help: 'Also the film in one file: .mp4, .webm, .mov or .mkv by ffmpeg, where it is installed; .gif or .webp without it',
      default: null,
      auto: 'none',
      accepts: 'file',
    },
    poster: {
      kind: 'file',
      label: 'Poster',
      help: 'Also the frame in the middle, as a PNG that stands for the film',
      default: null,
      auto: 'none',
      accepts: 'picture',
    },
  },
  recipe: true,
  command: {
    usage: '<image>',
    positionals: { min: 1, max: 1 },
    summary: 'Make a zoom film that dreams on from frame to frame',
    notes: [
      'Key frames change zoom, rotate, panX, panY, rate and layers on the way:',
      '  --keys "1 zoom=1.04; 100 zoom=1.02 rotate=1.5; 200 rate=3 layers=mixed3b"',
      'A film that was stopped goes on when the same command is given again, and becomes the same film.',
    ],
    heading: 'Film',
  },
  resumes: { from: 'kept parts' },
  shrinks: false,
  job: { keepsSteps: true, stepsLast: true, keeps: () => ({ poster: 'result.png' }) },
  words: { noun: 'film', title: 'Film', running: 'Filming', again: 'Film its recipe again' },
} as const satisfies Method;
