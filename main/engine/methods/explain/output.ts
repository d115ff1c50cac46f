/** What an explanation leaves behind: a sheet of the picture and its maps, the maps' numbers, and frames for a window. */
import type { RequestOf } from '../../../../shared/methods/request.ts';
import { extname, resolve as resolvePath } from 'node:path';
import { ReverieError } from '../../../../shared/errors.ts';
import type { Attribution } from '../../../../shared/recipes/attributions.ts';
import type { ExplainSettings } from '../../../../shared/recipes/explain.ts';
import type { Recipe } from '../../../../shared/recipes/recipe.ts';
import { overlay, render } from '../../attribution/display.ts';
import { writeNpy } from '../../attribution/npy.ts';
import { checkWritable, saveImage } from '../../imaging/codec.ts';
import { checkPlace, writeAtomically } from '../../../files/whole-file.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import { sheetOf, squareColumns } from '../../imaging/sheet.ts';
import type { Finding } from './methods.ts';

/** Between the pictures of a sheet, in pixels. */
const GAP = 8;

/** So many pictures make a row before a sheet has several. */
const ROW = 4;

/** @throws ReverieError `usage/option` for an extension that is not fit, `output/unwritable` */
export async function checkOutputs({ out, raw, settings }: RequestOf<'explain'>): Promise<void> {
  if (out !== null) await checkWritable(out);
  if (raw !== null && extname(raw).toLowerCase() !== '.npy') {
    throw new ReverieError('usage/option', `The numbers of a map go into a .npy file, not into "${raw}".`);
  }
  for (const path of rawPaths(raw, settings.method)) await checkPlace(path);
}

/** Absolute paths of the maps' numbers: the file that was named, or with several methods one for each, `map-gradient.npy`. */
export function rawPaths(raw: string | null, methods: readonly Attribution[]): string[] {
  if (raw === null) return [];
  const stem = raw.slice(0, -extname(raw).length);
  return methods.map((method) => resolvePath(methods.length === 1 ? raw : `${stem}-${method}.npy`));
}

/** The map as a picture, in the way of its method or in another one. */
export function mapPicture({ map, display }: Finding, wanted: ExplainSettings['display']): Pixels {
  return render(map, wanted ?? display);
}

/** Writes what the request names: the numbers first, so that the sheet appears when everything is there. */
export async function saveAll(
  { out, raw, settings }: RequestOf<'explain'>,
  found: {
    picture: Pixels;
    maps: readonly Pixels[];
    findings: readonly Finding[];
    recipe: Recipe<'explain'>;
  },
): Promise<void> {
  const { picture, maps, findings, recipe } = found;
  for (const [i, path] of rawPaths(raw, settings.method).entries()) {
    const map = findings[i]?.map;
    if (map === undefined) continue;
    const { channels, width, height, data } = map;
    const dims = channels === 1 ? [height, width] : [channels, height, width];
    await writeAtomically(path, writeNpy({ dims, data }));
  }
  if (out === null) return;
  const cells = [picture, ...maps.map((map) => overlay(picture, map, settings.opacity))];
  const columns = cells.length <= ROW ? cells.length : squareColumns(cells.length);
  await saveImage(sheetOf(cells, { gap: GAP, fill: 1, columns }), out, { recipe });
}
