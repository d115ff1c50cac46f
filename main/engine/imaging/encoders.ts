/** How pictures are written in each format, by libvips. */
import { ReverieError } from '../../../shared/errors.ts';
import { pictureFormats, type WrittenFormat } from '../../../shared/picture-formats.ts';
import type { Vips, VipsImage, VipsOptions } from './vips.ts';

interface Encoder {
  readonly operation: string;
  /** 1–100 where none is asked for; a format without one keeps every sample. */
  readonly quality?: number;
  /** The longest side that the format has room for, in pixels; more than any picture has where none is given. */
  readonly maxSide?: number;
  readonly options: VipsOptions;
}

/** Colour is stored at full resolution everywhere but in WebP, which cannot, because a dream has much detail in it. */
const ENCODERS: Readonly<Record<WrittenFormat, Encoder>> = {
  png: { operation: 'pngsave_buffer', options: { compression: 6, filter: 'none', palette: false } },
  jpeg: {
    operation: 'jpegsave_buffer',
    quality: 92,
    maxSide: 65_535,
    options: { subsample_mode: 'off', optimize_coding: true },
  },
  webp: { operation: 'webpsave_buffer', quality: 90, maxSide: 16_383, options: {} },
  tiff: { operation: 'tiffsave_buffer', options: { compression: 'deflate', predictor: 'horizontal' } },
  avif: {
    operation: 'heifsave_buffer',
    quality: 70,
    maxSide: 16_384,
    options: { compression: 'av1', subsample_mode: 'off', bitdepth: 8 },
  },
};

/**
 * A file's bytes, the same for the same samples and quality; PNG and TIFF are of as many bits as the samples.
 * @throws ReverieError image/size; Error with libvips' words when the picture cannot be computed
 */
export async function encode(
  vips: Vips,
  image: VipsImage,
  format: WrittenFormat,
  quality?: number,
): Promise<Uint8Array> {
  const { operation, quality: usual, maxSide = Infinity, options } = ENCODERS[format];
  const { width, height } = image;
  if (Math.max(width, height) > maxSide) {
    const room = `${pictureFormats[format].label}, which has room for ${maxSide} pixels a side`;
    const message = `A picture of ${width}×${height} pixels cannot be saved as ${room}; PNG accepts any size.`;
    throw new ReverieError('image/size', message, { width, height });
  }
  return vips.save(operation, image, {
    ...options,
    ...(usual === undefined ? {} : { Q: quality ?? usual }),
    ...(format === 'png' ? { bitdepth: image.format === 'ushort' ? 16 : 8 } : {}),
    // Nothing that the picture's own file said of it: it is upright and in sRGB by now.
    keep: 'none',
  });
}
