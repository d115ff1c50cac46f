/** From a picture file to what is worked on: upright, in sRGB, 16 bits where the file has them, small where that is asked for. */
import type { Size } from './pixels.ts';
import type { ImageSource, OpenImage } from './source.ts';
import type { Vips, VipsImage } from './vips.ts';

/**
 * @param maxSide Shrinks the picture so that no side is longer, which transparency shows white on; as it is otherwise
 * @throws Error with libvips' words
 */
export async function upright(vips: Vips, opened: OpenImage, maxSide = Infinity): Promise<VipsImage> {
  const { source } = opened;
  const target = within(source, maxSide);
  const smaller = target.width < source.width || target.height < source.height;
  let image = await inSrgb(vips, smaller ? await decodedSmall(opened, target) : opened.image, source);
  if (smaller) {
    image = await onWhite(vips, image);
    const scale = target.width / image.width;
    image = await vips.run('resize', image, { scale, vscale: target.height / image.height });
  }
  // To be turned, a picture must be read in another order than that of its file.
  return source.orientation === 1 ? image : vips.run('autorot', await vips.inMemory(image));
}

/** The size with no side longer than `maxSide`. */
function within({ width, height }: Size, maxSide: number): Size {
  const scale = Math.min(1, maxSide / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Without transparency: white shows where there is some. */
export async function onWhite(vips: Vips, image: VipsImage): Promise<VipsImage> {
  if (!image.hasAlpha) return image;
  const opaque = await vips.run('flatten', image, { background: image.format === 'ushort' ? 65535 : 255 });
  return opaque.bands === 3 ? opaque : vips.run('extract_band', opaque, { band: 0, n: 3 });
}

/** Each sample of 16 bits as the nearest of 8. */
export async function in8Bits(vips: Vips, image: VipsImage): Promise<VipsImage> {
  if (image.format === 'uchar') return image;
  // The cast rounds down.
  const nearest = await vips.run('linear', image, { a: 1 / 257, b: 0.5, uchar: true });
  return vips.run('copy', nearest, { interpretation: 'srgb' });
}

/** JPEG and WebP decode to a smaller size, which is much faster than to shrink afterwards. */
async function decodedSmall({ image, source, reopen }: OpenImage, target: Size): Promise<VipsImage> {
  const shrink = Math.min(source.width / target.width, source.height / target.height);
  if (source.format === 'webp' && shrink > 1) return reopen({ scale: 1 / shrink });
  if (source.format !== 'jpeg') return image;
  // By a power of two, and not quite to the size asked for: the sides are rounded, and must not be too short.
  const factor = [8, 4, 2].find((power) => shrink >= power + 1);
  return factor === undefined ? image : reopen({ shrink: factor });
}

async function inSrgb(vips: Vips, image: VipsImage, source: ImageSource): Promise<VipsImage> {
  const deep = source.space === 'rgb16' || source.space === 'grey16';
  const managed = await withoutProfile(vips, image, source);
  return vips.run('colourspace', managed, { space: deep ? 'rgb16' : 'srgb' });
}

/** The colours that the profile of a file means; a damaged one is ignored. CMYK without one is taken for offset print. */
async function withoutProfile(vips: Vips, image: VipsImage, source: ImageSource): Promise<VipsImage> {
  const { space, hasProfile } = source;
  if (!hasProfile || space === 'grey16') {
    return space === 'cmyk'
      ? vips.run('icc_transform', image, {
          output_profile: 'srgb',
          intent: 'perceptual',
          input_profile: 'cmyk',
        })
      : image;
  }
  const embedded = { embedded: true, intent: 'perceptual' };
  if (space !== 'rgb16') {
    return vips.run('icc_transform', image, { ...embedded, output_profile: 'srgb' }).catch(() => image);
  }
  // Through a wider space, as sharp does it: recipes promise the same pixels of the same file for good.
  const wide = { ...embedded, output_profile: 'p3', depth: 16 };
  const inP3 = await vips.run('icc_transform', image, wide).catch(() => undefined);
  return inP3 === undefined
    ? image
    : vips.run('icc_transform', inP3, { ...embedded, output_profile: 'srgb', depth: 16 });
}
