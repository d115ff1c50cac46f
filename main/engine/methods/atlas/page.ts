/** Where the images of a layer's channels are kept, and which of them are there. */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AtlasPage } from '../../../../shared/methods/atlas.ts';
import type { AtlasSettings } from '../../../../shared/recipes/atlas.ts';
import { findUnits, type Layer } from '../../models/layers.ts';
import type { Model } from '../../models/model.ts';
import { defaultLayers } from '../dream/terms.ts';

/** Changes when the same settings come to give other pictures; those of tokens did once. */
const versionOf = ({ plain }: Layer): number => (plain ? 1 : 2);

/** Files of a channel: its image, or the note that it has none. */
export const imageName = (channel: number): string => `${channel}.png`;
export const silentName = (channel: number): string => `${channel}.silent`;

/** The layer that an atlas is about. @throws ReverieError `layer/unknown` */
export function atlasLayer(model: Model, { layer }: AtlasSettings): Layer {
  return findUnits(model.layers(), layer ?? defaultLayers(model).at(-1)?.layer ?? '');
}

/** The page among all those that are kept for windows. @param root where all atlases are kept */
export async function readPage(model: Model, settings: AtlasSettings, root: string): Promise<AtlasPage> {
  const layer = atlasLayer(model, settings);
  const { size, steps, seed } = settings;
  const key = createHash('sha256')
    .update(JSON.stringify([versionOf(layer), layer.name, size, steps, seed]))
    .digest('hex');
  return pageIn(join(root, model.sha256.slice(0, 32), key.slice(0, 16)), layer);
}

/** What is there of a layer in a folder. */
export async function pageIn(
  folder: string,
  { name, channels }: Pick<Layer, 'name' | 'channels'>,
): Promise<AtlasPage> {
  const files = new Set(await readdir(folder).catch(() => []));
  const all = Array.from({ length: channels }, (_, channel) => channel);
  return {
    layer: name,
    channels,
    folder,
    done: all.filter((channel) => files.has(imageName(channel))),
    silent: all.filter((channel) => files.has(silentName(channel))),
  };
}
