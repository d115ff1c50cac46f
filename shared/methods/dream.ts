/** Deep Dream: gradient ascent on a picture, from coarse octaves to fine ones. */
import type { PictureResult } from '../contract/result.ts';
import { dream as settings, type DreamSettings } from '../recipes/dream.ts';
import type { PictureIdentity, RecipeForm } from '../recipes/recipe-form.ts';
import { picture, type Method } from './method.ts';

/** Its objectives are those of the last octave: between octaves they cannot be compared. */
export type DreamResult = PictureResult<RecipeForm<'dream', DreamSettings, PictureIdentity>>;

export const dream = {
  settings,
  inputs: { image: 'file' },
  out: {
    when: 'required',
    field: picture(
      'The PNG to write; of several pictures a folder',
      '<picture>-dream.png here; of a folder <folder>-dream',
    ),
  },
  outputs: {
    frames: {
      kind: 'file',
      label: 'Frames',
      help: 'A folder for one PNG of every step, 0001.png and on over the whole dream',
      default: null,
      auto: 'none',
      accepts: 'folder',
    },
    frameScale: {
      kind: 'choice',
      label: 'Frame scale',
      help: "Whether frames have the result's size, as a film wants them, or each its octave's own",
      default: 'full',
      options: ['full', 'octave'],
    },
  },
  recipe: true,
  command: {
    usage: '<image…|folder>',
    positionals: { min: 1, max: Infinity },
    summary: 'Grow a deep dream out of a picture',
    notes: [
      'Of a folder or several pictures there is one result each, under the same names in the folder --out. What is there is not made again, so the same command goes on where it was stopped.',
    ],
    heading: 'Dream',
  },
  // An end in the middle costs at most so much work.
  resumes: { from: 'checkpoint', everyMs: 1000 },
  shrinks: true,
  /** A step's time grows with the number of pixels. */
  growth: ({ octaveScale }: DreamSettings) => octaveScale ** 2,
  job: { keepsSteps: true, keeps: () => ({ frames: 'frames', frameScale: 'octave' }) },
  words: { noun: 'dream', title: 'Dream', running: 'Dreaming', again: 'Dream its recipe again' },
} as const satisfies Method;
