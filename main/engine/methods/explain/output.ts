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
export async function checkOutputs(request: RequestOf<'explain'>): Promise<void> {
  const { out, raw, export: exported, settings } = request;
  if (out !== null) await checkWritable(out);
  checkExtension(raw, '.npy', 'The numbers of a map go');
  checkExtension(exported, '.onnx', 'An exported explanation goes');
  const files = [...methodPaths(raw, settings.method), ...methodPaths(exported, settings.method)];
  for (const path of [...files, ...methodPaths(exported, settings.method).map(cardPath)])
    await checkPlace(path);
}

function checkExtension(path: string | null, extension: string, what: string): void {
  if (path === null || extname(path).toLowerCase() === extension) return;
  throw new ReverieError('usage/option', `${what} into a ${extension} file, not into "${path}".`);
}

/** Absolute paths of what is written of each method: the file that was named, or one for each of several, `map-gradient.npy`. */
export function methodPaths(named: string | null, methods: readonly Attribution[]): string[] {
  if (named === null) return [];
  const { length } = extname(named);
  const [stem, extension] = [named.slice(0, -length), named.slice(-length)];
  return methods.map((method) => resolvePath(methods.length === 1 ? named : `${stem}-${method}${extension}`));
}

/** The card of an exported explanation lies beside it, as that of a network does. */
export const cardPath = (file: string): string => `${file.slice(0, -extname(file).length)}.json`;

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
  for (const [i, path] of methodPaths(raw, settings.method).entries()) {
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
