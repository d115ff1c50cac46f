/** Pictures decoded off the main thread, at a size that a screen can use. */
import { ReverieError } from '../../shared/errors.ts';

/** More pixels than any window shows, and few enough for every graphics card. */
const LONGEST_SIDE = 4096;

/** @throws image/missing when it is not there, image/unreadable when it is none */
export async function loadPicture(address: string, signal: AbortSignal): Promise<ImageBitmap> {
  const answer = await fetch(address, { signal });
  if (!answer.ok) {
    throw new ReverieError(
      'image/missing',
      'This picture is not there any more; choose another one or another step.',
    );
  }
  const blob = await answer.blob();
  const bitmap = await decode(blob);
  const longer = Math.max(bitmap.width, bitmap.height);
  if (longer <= LONGEST_SIDE) return bitmap;
  const resizeWidth = Math.round((bitmap.width * LONGEST_SIDE) / longer);
  const smaller = await createImageBitmap(bitmap, { resizeWidth, resizeQuality: 'high' });
  bitmap.close();
  return smaller;
}

async function decode(blob: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(blob);
  } catch {
    throw new ReverieError(
      'image/unreadable',
      'The window cannot show this kind of picture; it can still be dreamed on.',
    );
  }
}

/** Shows a picture on a canvas at its own size, and lets go of it. */
export function drawPicture(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  bitmap.close();
}
