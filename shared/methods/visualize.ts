/** Feature visualisation: images optimised from noise to excite units of a network; a sheet where there are several. */
import type { PictureResult } from '../contract/result.ts';
import type { RecipeForm } from '../recipes/recipe-form.ts';
import {
  PARAMETRISATION_DEFAULTS,
  visualize as settings,
  type VisualizeSettings,
} from '../recipes/visualize.ts';
import { picture, type Method } from './method.ts';

export interface VisualizeResult extends PictureResult<RecipeForm<'visualize', VisualizeSettings, null>> {
  /** In the order of the sheet: rows from the left, from the top. */
  images: readonly VisualizedImage[];
  /** What had to be done so that silent units got a gradient, and other sentences worth telling. */
  notes: readonly string[];
}

export interface VisualizedImage {
  /** In the network's own names; both targets with their weights in an interpolation. */
  target: string;
  /** Absolute path of the image's own file, or `null`. */
  output: string | null;
  objective: { first: number; last: number };
}

export const visualize = {
  settings,
  inputs: {},
  out: {
    when: 'required',
    field: picture('The PNG to write; several images make one sheet', '<target>-visualize.png here'),
  },
  outputs: {
    separate: {
      kind: 'boolean',
      label: 'Separate',
      help: 'Also write each image of a sheet as a file of its own: out-1.png, out-2.png, …',
      default: false,
    },
    film: {
      kind: 'file',
      label: 'Film',
      help: 'A folder for PNGs of the steps on the way, 0000.png being the noise at the start',
      default: null,
      auto: 'none',
      accepts: 'folder',
    },
    filmSteps: {
      kind: 'integers',
      label: 'Film steps',
      help: 'Which steps the film has; the last is always one',
      default: null,
      auto: '0, 1, 2, 4, 8, …',
      min: 0,
      max: 16384,
    },
  },
  recipe: true,
  command: {
    usage: '--target <target>',
    positionals: { min: 0, max: 0 },
    summary: 'Optimise images from noise that excite units of a network',
    notes: [
      'A target is layer:<name>, channel:<layer>/<n>, neuron:<layer>/<n>@<x>,<y>, class:<index or name> or direction:<layer>/<file.npy>; several add up with weights in one text:',
      '  --target "channel:mixed4a/11*1 channel:mixed4a/6*-0.5"',
      'Each --target makes an image of its own; a list of them in a file, --targets list.txt, a folder of such images, which goes on where it was stopped.',
    ],
    heading: 'Visualize',
  },
  // A state is three times as large as what is optimised, in double precision.
  resumes: { from: 'checkpoint', everyMs: 3000 },
  shrinks: false,
  subject: ({ target }: VisualizeSettings) => target ?? [],
  job: {
    keepsSteps: true,
    keeps: ({ steps, param }: VisualizeSettings) => {
      const last = steps ?? PARAMETRISATION_DEFAULTS[param].steps;
      return { film: 'frames', filmSteps: Array.from({ length: last + 1 }, (_, step) => step) };
    },
  },
  words: {
    noun: 'visualisation',
    title: 'Visualisation',
    running: 'Making visible',
    again: 'Make it visible again',
  },
} as const satisfies Method;
