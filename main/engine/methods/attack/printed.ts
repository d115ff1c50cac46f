/** Photos of printed sheets, straightened before a network sees them. */
import { basename, join, parse } from 'node:path';
import { ReverieError } from '../../../../shared/errors.ts';
import { rectify } from '../../attack/print/rectify.ts';
import { makeFolder } from '../../../files/whole-file.ts';
import { saveImage } from '../../imaging/codec.ts';
import type { Pixels } from '../../imaging/pixels.ts';

/**
 * The picture on a printed sheet.
 *
 * @param path of the photo, for the error
 * @throws ReverieError `image/unreadable` where the four markers are not found
 */
export function straightened(photo: Pixels, path: string): Pixels {
  const found = rectify(photo);
  if (found !== null) return found.picture;
  throw new ReverieError(
    'image/unreadable',
    `The four corner markers of a printed sheet cannot be found in "${basename(path)}": all must be in the photo, whole and sharp, each 20 pixels across or more, the sheet flat and less than 45° askew.`,
  );
}

/** Writes what was straightened out of a photo, under the photo's name. @throws ReverieError `output/unwritable` */
export async function keepStraightened(picture: Pixels, photo: string, folder: string): Promise<void> {
  await makeFolder(folder);
  await saveImage(picture, join(folder, straightenedName(photo)));
}

/** `<photo>-straightened.png`. */
const straightenedName = (photo: string): string => `${parse(photo).name}-straightened.png`;
