/** The first features of a network, read off its weights. */
import type { Frame } from '../jobs.ts';
import { execution, type Execution } from '../recipes/common.ts';
import { parse } from '../recipes/fields.ts';
import { filters, type FiltersSettings } from '../recipes/filters.ts';
import type { Recipe } from '../recipes/recipe.ts';
import { orNull, record, text } from './check.ts';

export interface FiltersRequest extends Execution {
  settings: FiltersSettings;
  /** Path of the PNG to write, or `null`. */
  out: string | null;
  /** Whether the result carries the picture. */
  pictures: boolean;
}

export interface FiltersResult {
  /** Absolute path of the picture, or `null` where none was asked for. */
  output: string | null;
  recipe: Recipe<'filters'>;
  model: string;
  seconds: number;
  layer: string;
  filters: number;
  /** Channels of each filter; three are shown as colours when they are the picture's, others as a grey sheet each. */
  channels: number;
  /** Size of a filter in weights. */
  kernel: { width: number; height: number };
  /** How weights became grey levels, a sentence. */
  normalisation: string;
  picture?: Frame;
}

/** @throws usage/option on anything but a complete request */
export function parseFiltersRequest(value: unknown): FiltersRequest {
  const { settings, out, pictures, ...rest } = record(value, 'filters');
  return {
    settings: parse(filters, settings ?? {}),
    out: orNull(out, (path) => text(path, 'out')),
    pictures: pictures === true,
    ...parse(execution, rest),
  };
}
