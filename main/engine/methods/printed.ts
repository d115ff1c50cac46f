/** Photos of printed sheets, straightened before a network sees them. */
import { ReverieError } from '../../../shared/errors.ts';
import { rectify } from '../attack/print/rectify.ts';
import type { Pixels } from '../imaging/pixels.ts';

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
    `The four markers of a printed sheet cannot be found in "${path}"; all must be in the photo, less than 45° askew.`,
  );
}
