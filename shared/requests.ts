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
  /** Folder for one PNG per step, or `null`. */
  frames: string | null;
  preview: Preview | null;
  /** The recipe that is being repeated, so that a different network or picture is told in the notes; or `null`. */
  repeats: Recipe | null;
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
  const { image, settings, out, frames, preview, repeats, ...rest } = record(value, 'dream');
  return {
    image: text(image, 'image'),
    settings: parse(dream, settings ?? {}),
    out: text(out, 'out'),
    frames: frames === null || frames === undefined ? null : text(frames, 'frames'),
    preview: preview === null || preview === undefined ? null : parsePreview(preview),
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

function parsePreview(value: unknown): Preview {
  const { maxSide, everyMs } = record(value, 'preview');
  if (!isSide(maxSide)) throw wrong('preview.maxSide must be a whole number of pixels.');
  if (typeof everyMs !== 'number' || !(everyMs >= 0))
    throw wrong('preview.everyMs must be a number of milliseconds.');
  return { maxSide, everyMs };
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
