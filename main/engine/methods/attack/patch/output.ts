/** What becomes of a patch that works anywhere: its own file, its sheet, and photos with it at places it was not trained at. */
import { type RequestOf } from '../../../../../shared/methods/request.ts';
import { resolve } from 'node:path';
import type { AttackResult } from '../../../../../shared/methods/attack.ts';
import { readersOf } from '../../../../../shared/attacks/words.ts';
import { worksAnywhere } from '../../../../../shared/attacks/settings.ts';
import { ReverieError } from '../../../../../shared/errors.ts';
import type { AttackSettings } from '../../../../../shared/recipes/attack.ts';
import { fromLevels } from '../../../attack/lattice.ts';
import { printSheet } from '../../../attack/print/sheet.ts';
import { checkCutoutWritable, saveCutout, saveImage } from '../../../imaging/codec.ts';
import { pixelsFrom, type Pixels } from '../../../imaging/pixels.ts';
import { freshPlacement, onWhite, placed, type Patch, type Photo } from './anywhere.ts';
import type { Victim } from '../victim.ts';

/** @throws ReverieError `usage/option` where there will be no patch, or no place for it */
export async function checkPatchOutput(settings: AttackSettings, path: string | null): Promise<void> {
  if (path === null) return;
  if (!worksAnywhere(settings)) {
    throw new ReverieError(
      'usage/option',
      `--patch saves a patch that works anywhere: --method ${readersOf('placement')} --placement anywhere.`,
    );
  }
  await checkCutoutWritable(path);
}

/** The files that were asked for. */
export async function savePatch(
  patch: Patch,
  to: Pick<RequestOf<'attack'>, 'patch' | 'print'>,
): Promise<void> {
  if (to.patch !== null) await saveCutout(patch.pixels, patch.shape.alpha, to.patch);
  if (to.print !== null) await saveImage(printSheet(onWhite(patch)), to.print);
}

/** What a result tells of it. */
export const patchResult = (
  { shape: { width, height } }: Patch,
  { patch }: Pick<RequestOf<'attack'>, 'patch'>,
): AttackResult['patch'] => ({ output: patch === null ? null : resolve(patch), width, height });

/** A photo with the patch somewhere else each time. @param number of the photo among several */
export function elsewhere(
  victim: Victim,
  patch: Patch,
  photo: Photo,
  settings: AttackSettings,
  number = 0,
): (i: number) => Pixels {
  const { width, height } = photo.size;
  const { view } = victim.at(photo.size);
  return (i) => {
    const at = freshPlacement(patch.shape, view, settings, number, i);
    return pixelsFrom(width, height, fromLevels(placed(patch, photo, at)));
  };
}
