/** All images of an atlas on one sheet. */
import { join } from 'node:path';
import { throwIfCancelled } from '../../../../shared/cancellation.ts';
import type { AtlasPage, AtlasResult } from '../../../../shared/methods/atlas.ts';
import { decodeImage, saveImage } from '../../imaging/codec.ts';
import { createPixels } from '../../imaging/pixels.ts';
import { sheetOf } from '../../imaging/sheet.ts';
import type { MergedResult } from '../common/units/merged.ts';
import type { UnitFolder } from '../common/units/unit-folder.ts';
import { imageName, pageIn } from './page.ts';

/** Between the images of a sheet, in pixels. */
const GAP = 2;

/** All channels in their order; the silent ones grey. */
export async function saveSheet(
  { channels, folder, done }: AtlasPage,
  out: string,
  size: number,
  signal?: AbortSignal,
): Promise<void> {
  const seen = new Set(done);
  const cells = [];
  for (let channel = 0; channel < channels; channel++) {
    throwIfCancelled(signal);
    const path = join(folder, imageName(channel));
    cells.push(seen.has(channel) ? (await decodeImage(path)).pixels : createPixels(size, size, 0.5));
  }
  await saveImage(sheetOf(cells, { gap: GAP, fill: 1 }), out, { signal });
}

/** Makes the sheet of a folder in which all blocks are there, beside the images. */
export async function finishAtlas(
  folder: UnitFolder,
  signal?: AbortSignal,
): Promise<MergedResult<AtlasResult>> {
  const { layer, channels, size } = folder.job.order as { layer: string; channels: number; size: number };
  const page = await pageIn(folder.path, { name: layer, channels });
  const output = join(folder.path, 'sheet.png');
  await saveSheet(page, output, size, signal);
  await folder.forgetShards();
  return { ...page, output, made: 0, msPerChannel: 0 };
}
