/** Every channel of a layer made visible. What was made is kept, so that an atlas can be stopped and goes on later. */
import type { Preview } from '../jobs.ts';
import { atlas, type AtlasSettings } from '../recipes/atlas.ts';
import { execution, type Execution } from '../recipes/common.ts';
import { parse } from '../recipes/fields.ts';
import { orNull, parsePreview, record, text } from './check.ts';
import type { Executed } from './result.ts';

export interface AtlasRequest extends Execution {
  settings: AtlasSettings;
  /** Path of the PNG to write: all channels on one sheet; or `null`. */
  out: string | null;
  /** The channels that have just been made, as they come. */
  preview: Preview | null;
}

export interface AtlasResult extends Executed, AtlasPage {
  /** Absolute path of the sheet, or `null`. */
  output: string | null;
  /** Channels that were made now; the others were there. */
  made: number;
  msPerChannel: number;
}

/** Which pages of the atlas are there. */
export interface AtlasPageRequest {
  /** As in {@link Execution}. */
  model: string | null;
  settings: AtlasSettings;
}

export interface AtlasPage {
  layer: string;
  channels: number;
  /** Absolute path of the folder where the images are, as `11.png`. */
  folder: string;
  /** Channels that can be seen, ascending. */
  done: readonly number[];
  /** Channels that nothing excites: no gradient reaches the picture from them. */
  silent: readonly number[];
}

/** @throws usage/option on anything but a complete request */
export function parseAtlasRequest(value: unknown): AtlasRequest {
  const { settings, out, preview, ...rest } = record(value, 'atlas');
  return {
    settings: parse(atlas, settings ?? {}),
    out: orNull(out, (path) => text(path, 'out')),
    preview: orNull(preview, parsePreview),
    ...parse(execution, rest),
  };
}

/** @throws usage/option on anything but a complete request */
export function parseAtlasPageRequest(value: unknown): AtlasPageRequest {
  const { model, settings } = record(value, 'atlasPage');
  return { model: orNull(model, (given) => text(given, 'model')), settings: parse(atlas, settings ?? {}) };
}
