/** Animated pictures, which any browser plays. libvips takes their frames as one tall picture, so they are for short films. */
import { throwIfCancelled, unlessCancelled } from '../../../shared/cancellation.ts';
import { ReverieError } from '../../../shared/errors.ts';
import { decodeImage } from './codec.ts';
import { toBytes, type Size } from './pixels.ts';
import { Vips, type VipsOptions } from './vips.ts';

/** By extension: how libvips writes it. */
const FORMATS: Readonly<Record<string, { operation: string; options: VipsOptions }>> = {
  '.gif': { operation: 'gifsave_buffer', options: { effort: 5, dither: 0.6 } },
  '.webp': { operation: 'webpsave_buffer', options: { Q: 85, effort: 3 } },
};

export const animationExtensions: readonly string[] = Object.keys(FORMATS);

export const isAnimation = (extension: string): boolean => Object.hasOwn(FORMATS, extension);

/** All frames are held in memory at once: as many bytes of samples. */
const MOST_BYTES = 512 * 2 ** 20;

/** @throws ReverieError `image/size` for a film that is too long to be an animated picture */
export function checkAnimation(path: string, count: number, { width, height }: Size): void {
  const most = Math.floor(MOST_BYTES / (3 * width * height));
  if (count <= most) return;
  throw new ReverieError(
    'image/size',
    `"${path}" would be an animated picture of ${count} frames, but of ${width}×${height} pixels it can have at most ${most}; take a video, or fewer or smaller frames.`,
    { path },
  );
}

/**
 * The bytes of an animated picture that is repeated without an end.
 *
 * @param paths its frames, pictures of one size
 * @param extension `.gif` or `.webp`
 */
export async function encodeAnimation(
  paths: readonly string[],
  { extension, fps, signal }: { extension: string; fps: number; signal?: AbortSignal | undefined },
): Promise<Uint8Array> {
  const format = FORMATS[extension];
  if (format === undefined) throw new RangeError(`"${extension}" is no animated picture`);
  let tall = new Uint8Array();
  let size: Size = { width: 0, height: 0 };
  for (const [index, path] of paths.entries()) {
    throwIfCancelled(signal);
    const { pixels } = await decodeImage(path, { signal });
    const bytes = toBytes(pixels);
    if (index === 0) {
      size = pixels;
      tall = new Uint8Array(bytes.length * paths.length);
    }
    tall.set(bytes, index * bytes.length);
  }
  const encoded = Vips.use(async (vips) => {
    const image = await vips.fromSamples(tall, { width: size.width, height: size.height * paths.length });
    vips.animate(image, Math.round(1000 / fps), paths.length);
    return vips.save(format.operation, image, { ...format.options, 'page-height': size.height });
  });
  return unlessCancelled(encoded, signal);
}
