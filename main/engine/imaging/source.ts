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
      throw unreadable(input, `it is not a picture that can be read (${ACCEPTED})`, error);
    });
  const { width, height, channels, space, depth, orientation = 1 } = metadata;
  const coding = metadata.compression === 'hevc' ? 'heic' : metadata.format;
  const format = FORMATS.find((name) => name === (coding === 'heif' ? 'avif' : coding));
  if (format === undefined) {
    throw unreadable(input, `a picture of the kind ${coding} is not accepted (${ACCEPTED})`);
  }
  if (width * height > maxPixels) {
    const size = `${width}×${height} pixels`;
    throw new ReverieError(
      'image/size',
      `${nameOf(input)} has ${size}, more than the ${Math.floor(maxPixels / 1e6)} million that can be opened.`,
      { width, height, maxPixels },
    );
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

/** An `image/unreadable` that names the picture. */
export function unreadable(input: string | Uint8Array, reason: string, cause?: unknown): ReverieError {
  return new ReverieError('image/unreadable', `${nameOf(input)} cannot be opened: ${reason}.`, {}, { cause });
}

function nameOf(input: string | Uint8Array): string {
  return typeof input === 'string' ? `"${input}"` : 'The picture';
}
