/** A mask from a picture: its brightness, at the size that it is wanted in. */
import { ReverieError } from '../../shared/errors.ts';
import { MaskBitmap } from './bitmap.ts';

/** Rows that are looked at together, as four bytes a pixel for all at once would be much. */
const STRIP = 256;

/** Rec. 601, as the engine takes brightness. */
const LUMA = [0.299, 0.587, 0.114] as const;

/**
 * @param address of a picture
 * @throws ReverieError `image/missing`, `image/unreadable`
 */
export async function readMask(address: string, width: number, height: number): Promise<MaskBitmap> {
  const answer = await fetch(address);
  if (!answer.ok) throw new ReverieError('image/missing', 'The mask is not there any more.');
  const bitmap = await createImageBitmap(await answer.blob()).catch((cause: unknown) => {
    throw new ReverieError(
      'image/unreadable',
      'The window cannot show this kind of mask; painting begins anew.',
      {},
      { cause },
    );
  });
  const mask = new MaskBitmap(width, height);
  const context = new OffscreenCanvas(width, Math.min(STRIP, height)).getContext('2d', {
    willReadFrequently: true,
  });
  if (context === null) throw new ReverieError('image/unreadable', 'The mask cannot be drawn here.');
  for (let top = 0; top < height; top += STRIP) {
    const rows = Math.min(STRIP, height - top);
    context.fillRect(0, 0, width, rows);
    context.drawImage(bitmap, 0, -top, width, height);
    const { data } = context.getImageData(0, 0, width, rows);
    for (let i = 0; i < rows * width; i++) {
      const [r, g, b] = [data[4 * i] ?? 0, data[4 * i + 1] ?? 0, data[4 * i + 2] ?? 0];
      mask.data[top * width + i] = Math.round(LUMA[0] * r + LUMA[1] * g + LUMA[2] * b);
    }
  }
  bitmap.close();
  return mask;
}
