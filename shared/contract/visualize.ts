/** The request for a feature visualisation, and what comes of it: one picture, a sheet where there are several images. */
import type { Preview } from '../jobs.ts';
import { execution, type Execution } from '../recipes/common.ts';
import { parse } from '../recipes/fields.ts';
import { parseRecipe, type Recipe } from '../recipes/recipe.ts';
import { visualize, type VisualizeSettings } from '../recipes/visualize.ts';
import { orNull, parsePreview, record, text, whole, wrong } from './check.ts';
import { parseCheckpointing, type Checkpointing } from './checkpointing.ts';
import type { PictureResult } from './result.ts';

export interface VisualizeRequest extends Execution {
  settings: VisualizeSettings;
  /** Path of the PNG to write; appears only when complete. */
  out: string;
  /** Whether each image is also written as a file of its own: `out-1.png`, `out-2.png`, …. */
  separate: boolean;
  /** Pictures of some steps, or `null`. */
  film: FilmFiles | null;
  preview: Preview | null;
  /** Where the state is kept while the job runs, or `null`. */
  checkpoint: Checkpointing | null;
  /** Path of a checkpoint of the same job to go on from, or `null`. */
  start: string | null;
  /** The recipe that is being repeated, so that a different network is told in the notes; or `null`. */
  repeats: Recipe | null;
}

/** Steps as files `0004.png` in a folder that is made when it is missing; `0000.png` is the start, and the last step is always there. */
export interface FilmFiles {
  folder: string;
  steps: readonly number[] | 'all';
}

export interface VisualizeResult extends PictureResult {
  recipe: Recipe<'visualize'>;
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

/** @throws usage/option on anything but a complete request */
export function parseVisualizeRequest(value: unknown): VisualizeRequest {
  const { settings, out, separate, film, preview, checkpoint, start, repeats, ...rest } = record(
    value,
    'visualize',
  );
  return {
    settings: parse(visualize, settings ?? {}),
    out: text(out, 'out'),
    separate: separate === true,
    film: orNull(film, parseFilm),
    preview: orNull(preview, parsePreview),
    checkpoint: orNull(checkpoint, parseCheckpointing),
    start: orNull(start, (path) => text(path, 'start')),
    repeats: orNull(repeats, parseRecipe),
    ...parse(execution, rest),
  };
}

function parseFilm(value: unknown): FilmFiles {
  const { folder, steps } = record(value, 'film');
  if (steps === 'all') return { folder: text(folder, 'film.folder'), steps };
  if (!Array.isArray(steps)) throw wrong('film.steps must be "all" or a list of steps.');
  return { folder: text(folder, 'film.folder'), steps: steps.map((step) => whole(step, 'film.steps', 0)) };
}
