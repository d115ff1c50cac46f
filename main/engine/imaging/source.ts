/** What a picture file says about itself, and the refusal, in one sentence, of what cannot be worked on. */
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { ReverieError } from '../../../shared/errors.ts';

/** The largest picture that is opened, in pixels (16383², libvips' own bound): 3 GiB as floats. */
export const MAX_PIXELS = 0x3fff * 0x3fff;

const FORMATS = ['jpeg', 'png', 'webp', 'tiff', 'avif', 'gif'] as const;
export type SourceFormat = (typeof FORMATS)[number];

/** The file as stored, before it is turned upright. */
export interface ImageSource {
  readonly format: SourceFormat;
  readonly width: number;
  readonly height: number;
  /** Channels in the file, alpha included. */
  readonly channels: number;
  /** Bits of a sample: 8, or 16 for everything deeper. */
  readonly depth: 8 | 16;
  /** The colour space, in libvips' words: srgb, rgb16, b-w, grey16, cmyk, lab … */
  readonly space: string;
  readonly hasAlpha: boolean;
  readonly hasProfile: boolean;
  /** EXIF orientation 1–8; above 4, width and height change places. */
  readonly orientation: number;
}

/** The bytes of a picture given by its path, or by the bytes themselves. */
export async function readBytes(input: string | Uint8Array): Promise<Uint8Array> {
  if (typeof input !== 'string') return input;
  try {
    return await readFile(input);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new ReverieError('image/missing', `There is no picture at "${input}".`, { path: input });
    }
    const reason =
      code === 'EISDIR' ? 'it is a folder' : error instanceof Error ? error.message : String(error);
    throw unreadable(input, reason, error);
  }
}

/**
 * The header of a picture, checked.
 * @throws ReverieError image/unreadable, image/size
 */
export async function inspect(
  bytes: Uint8Array,
  input: string | Uint8Array,
  maxPixels = MAX_PIXELS,
): Promise<ImageSource> {
  if (bytes.length === 0) throw unreadable(input, 'it is empty');
  const metadata = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw unreadable(input, whyUnknown(bytes, error), error);
    });
  const { width, height, channels, space, depth, orientation = 1 } = metadata;
  if (metadata.compression === 'hevc') throw unreadable(input, HEIC);
  const format = FORMATS.find((name) => name === (metadata.format === 'heif' ? 'avif' : metadata.format));
  if (format === undefined) {
    throw unreadable(input, `a picture of the kind ${metadata.format} is not accepted (${ACCEPTED})`);
  }
  if (width * height > maxPixels) {
    const most = maxPixels.toLocaleString('en');
    const message = `${nameOf(input)} has ${width}×${height} pixels, and at most ${most} can be opened.`;
    throw new ReverieError('image/size', message, { width, height, maxPixels });
  }
  if (depth !== 'uchar' && depth !== 'ushort') {
    throw unreadable(input, `its samples are of the type ${depth}, and 8 or 16 bits are accepted`);
  }
  return {
    format,
    width,
    height,
    channels,
    depth: depth === 'ushort' ? 16 : 8,
    space,
    hasAlpha: metadata.hasAlpha,
    hasProfile: metadata.hasProfile,
    orientation,
  };
}

const ACCEPTED = 'JPEG, PNG, WebP, TIFF, AVIF and GIF are';
const HEIC = 'it is a HEIC photo, whose compression (HEVC) is patented and not included; export it as JPEG';

function whyUnknown(bytes: Uint8Array, error: unknown): string {
  // ISO base media files name their kind after "ftyp"; these brands are HEVC pictures (ISO/IEC 23008-12, annex B).
  if (/^ftyphe(?:ic|ix|im|is|vc|vx)/.test(Buffer.from(bytes.subarray(4, 12)).toString('latin1'))) return HEIC;
  if (error instanceof Error && error.message.includes('corrupt header'))
    return 'it is damaged or ends early';
  return `it is not a picture that can be read (${ACCEPTED})`;
}

/** An `image/unreadable` that names the picture. */
export function unreadable(input: string | Uint8Array, reason: string, cause?: unknown): ReverieError {
  return new ReverieError('image/unreadable', `${nameOf(input)} cannot be opened: ${reason}.`, {}, { cause });
}

function nameOf(input: string | Uint8Array): string {
  return typeof input === 'string' ? `"${input}"` : 'The picture';
}
