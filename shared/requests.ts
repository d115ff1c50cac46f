/** The arguments of the contract's calls and streams, and how each is checked where it enters the engine. */
import { ReverieError } from './errors.ts';
import type { Preview } from './jobs.ts';
import { classify, type ClassifySettings } from './recipes/classify.ts';
import { execution, type Execution } from './recipes/common.ts';
import { dream, type DreamSettings } from './recipes/dream.ts';
import { isRecord, parse } from './recipes/fields.ts';
import { parseRecipe, type Recipe } from './recipes/recipe.ts';

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
  /** The recipe that is being repeated, so that a different network or picture is told in the notes; or `null`. */
  repeats: Recipe | null;
}

/** Steps as files `0001.png`, numbered over the whole job, in a folder that is made when it is missing. */
export interface FrameFiles {
  folder: string;
  /** Each at its octave's own size, exact to the grey level, or all at the size of the result, as a film wants them. */
  scale: 'octave' | 'full';
}

/** A file that always holds a whole state to go on from, exact to the bit, rewritten at most every so many milliseconds. */
export interface Checkpointing {
  path: string;
  everyMs: number;
}

/** A state of a dream: the picture of an octave (counted from 1) after `step` steps of the whole job. */
export interface StartingPoint {
  octave: number;
  step: number;
  /** Path of a checkpoint, or of any picture, such as a frame. */
  picture: string;
}

export interface ClassifyRequest extends Execution {
  /** Paths of pictures, at least one. */
  images: readonly string[];
  settings: ClassifySettings;
}

export interface InspectRequest {
  /** As in {@link Execution}. */
  model: string | null;
  /** Side in pixels of the square input for which the layers' sizes are given; `null`: the network's own. */
  size: number | null;
}

export interface DevicesRequest {
  /** Whether to run a few steps on each usable device. */
  measure: boolean;
}

export interface ReadRecipeRequest {
  /** Path of a recipe (JSON) or of a picture that holds one. */
  path: string;
}

/** @throws usage/option on anything but a complete request; so do the others below. */
export function parseDreamRequest(value: unknown): DreamRequest {
  const { image, settings, out, frames, preview, checkpoint, start, repeats, ...rest } = record(
    value,
    'dream',
  );
  return {
    image: text(image, 'image'),
    settings: parse(dream, settings ?? {}),
    out: text(out, 'out'),
    frames: frames === null || frames === undefined ? null : parseFrames(frames),
    preview: preview === null || preview === undefined ? null : parsePreview(preview),
    checkpoint: checkpoint === null || checkpoint === undefined ? null : parseCheckpointing(checkpoint),
    start: start === null || start === undefined ? null : parseStart(start),
    repeats: repeats === null || repeats === undefined ? null : parseRecipe(repeats),
    ...parse(execution, rest),
  };
}

export function parseClassifyRequest(value: unknown): ClassifyRequest {
  const { images, settings, ...rest } = record(value, 'classify');
  if (!Array.isArray(images) || images.length === 0) throw wrong('classify needs at least one picture.');
  return {
    images: images.map((image) => text(image, 'images')),
    settings: parse(classify, settings ?? {}),
    ...parse(execution, rest),
  };
}

export function parseInspectRequest(value: unknown): InspectRequest {
  const { model, size } = record(value, 'inspectModel');
  if (size !== null && size !== undefined && !isSide(size))
    throw wrong('size must be a whole number of pixels.');
  return { model: model === null || model === undefined ? null : text(model, 'model'), size: size ?? null };
}

export function parseDevicesRequest(value: unknown): DevicesRequest {
  return { measure: record(value, 'devices')['measure'] === true };
}

export function parseReadRecipeRequest(value: unknown): ReadRecipeRequest {
  return { path: text(record(value, 'readRecipe')['path'], 'path') };
}

function parseFrames(value: unknown): FrameFiles {
  const { folder, scale } = record(value, 'frames');
  if (scale !== 'octave' && scale !== 'full') throw wrong('frames.scale must be "octave" or "full".');
  return { folder: text(folder, 'frames.folder'), scale };
}

function parseCheckpointing(value: unknown): Checkpointing {
  const { path, everyMs } = record(value, 'checkpoint');
  return { path: text(path, 'checkpoint.path'), everyMs: milliseconds(everyMs, 'checkpoint.everyMs') };
}

function parseStart(value: unknown): StartingPoint {
  const { octave, step, picture } = record(value, 'start');
  if (!isSide(octave)) throw wrong('start.octave must be a whole number from 1.');
  if (step !== 0 && !isSide(step)) throw wrong('start.step must be a whole number from 0.');
  return { octave, step, picture: text(picture, 'start.picture') };
}

function parsePreview(value: unknown): Preview {
  const { maxSide, everyMs, channel } = record(value, 'preview');
  if (!isSide(maxSide)) throw wrong('preview.maxSide must be a whole number of pixels.');
  return {
    maxSide,
    everyMs: milliseconds(everyMs, 'preview.everyMs'),
    ...(channel === undefined ? {} : { channel: text(channel, 'preview.channel') }),
  };
}

function milliseconds(value: unknown, name: string): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw wrong(`${name} must be a number of milliseconds.`);
}

function isSide(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (isRecord(value)) return value;
  throw wrong(`${name} needs an object of names and values.`);
}

function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw wrong(`${name} must be a text that is not empty.`);
}

function wrong(message: string): ReverieError {
  return new ReverieError('usage/option', message);
}
