/** The request for a dream. Its objectives are those of the last octave: between octaves they cannot be compared. */
import type { Preview } from '../jobs.ts';
import { execution, type Execution } from '../recipes/common.ts';
import { dream, type DreamSettings } from '../recipes/dream.ts';
import { parse } from '../recipes/fields.ts';
import { parseRecipe, type Recipe } from '../recipes/recipe.ts';
import { orNull, parsePreview, record, text, whole, wrong } from './check.ts';
import { parseCheckpointing, type Checkpointing } from './checkpointing.ts';

export interface DreamRequest extends Execution {
  /** Path of the picture. */
  image: string;
  settings: DreamSettings;
  /** Path of the PNG to write; appears only when complete. */
  out: string;
  /** One PNG per step, or `null`. */
  frames: FrameFiles | null;
  preview: Preview | null;
  /** Where the state is kept while the job runs, or `null`. */
  checkpoint: Checkpointing | null;
  /** Where to begin, or `null` for the picture itself. */
  start: StartingPoint | null;
  /** Whether to begin with smaller tiles than the start had: an engine ended there that had too little memory. */
  smaller: boolean;
  /** The recipe that is being repeated, so that a different network or picture is told in the notes; or `null`. */
  repeats: Recipe | null;
}

/** Steps as files `0001.png`, numbered over the whole job, in a folder that is made when it is missing. */
export interface FrameFiles {
  folder: string;
  /** Each at its octave's own size, exact to the grey level, or all at the size of the result, as a film wants them. */
  scale: 'octave' | 'full';
}

/** A state of a dream: the picture of an octave (counted from 1) after `step` steps of the whole job. */
export interface StartingPoint {
  octave: number;
  step: number;
  /** Path of a checkpoint, or of any picture, such as a frame. */
  picture: string;
}

/** @throws usage/option on anything but a complete request */
export function parseDreamRequest(value: unknown): DreamRequest {
  const { image, settings, out, frames, preview, checkpoint, start, smaller, repeats, ...rest } = record(
    value,
    'dream',
  );
  return {
    image: text(image, 'image'),
    settings: parse(dream, settings ?? {}),
    out: text(out, 'out'),
    frames: orNull(frames, parseFrames),
    preview: orNull(preview, parsePreview),
    checkpoint: orNull(checkpoint, parseCheckpointing),
    start: orNull(start, parseStart),
    smaller: smaller === true,
    repeats: orNull(repeats, parseRecipe),
    ...parse(execution, rest),
  };
}

function parseFrames(value: unknown): FrameFiles {
  const { folder, scale } = record(value, 'frames');
  if (scale !== 'octave' && scale !== 'full') throw wrong('frames.scale must be "octave" or "full".');
  return { folder: text(folder, 'frames.folder'), scale };
}

function parseStart(value: unknown): StartingPoint {
  const { octave, step, picture } = record(value, 'start');
  return {
    octave: whole(octave, 'start.octave', 1),
    step: whole(step, 'start.step', 0),
    picture: text(picture, 'start.picture'),
  };
}
