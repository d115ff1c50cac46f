/** What a picture file says about itself, and the refusal, in one sentence, of what cannot be worked on. */
import { readFile } from 'node:fs/promises';
import { ReverieError } from '../../../shared/errors.ts';
import {
  pictureFormatNames,
  pictureFormats,
  type PictureFormatName,
} from '../../../shared/picture-formats.ts';
import { lacksEnd, withEnd } from './jpeg-end.ts';
import { Vips, type VipsImage, type VipsOptions } from './vips.ts';

/** The largest picture that is opened, in pixels (16383²): 3 GiB as floats. */
export const MAX_PIXELS = 0x3fff * 0x3fff;

/** CMYK with an alpha channel. */
const MAX_CHANNELS = 5;

/** The file as stored, before it is turned upright. */
export interface ImageSource {
  readonly format: PictureFormatName;
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
  /** Whether the file stops before its end marker, though all of the picture is there. */
  readonly lacksEnd: boolean;
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

/** The header of a picture, checked. @throws ReverieError image/unreadable, image/size */
export async function inspect(
  bytes: Uint8Array,
  input: string | Uint8Array,
  maxPixels = MAX_PIXELS,
): Promise<ImageSource> {
  return Vips.use(async (vips) => (await openImage(vips, bytes, input, maxPixels)).source);
}

/** A picture that was opened, its pixels not yet decoded. */
export interface OpenImage {
  readonly image: VipsImage;
  readonly source: ImageSource;
  /** Opens it again in another way. */
  readonly reopen: (options: VipsOptions) => Promise<VipsImage>;
}

/**
 * Opens a picture and checks its header. Its bytes must be read first: libvips takes from them as it decodes.
 * @throws ReverieError image/unreadable, image/size
 */
export async function openImage(
  vips: Vips,
  bytes: Uint8Array,
  input: string | Uint8Array,
  maxPixels = MAX_PIXELS,
): Promise<OpenImage> {
  if (bytes.length === 0) throw unreadable(input, 'it is empty');
  const kind = /^VipsForeignLoad(.+?)(?:Buffer|Source)$/.exec(vips.loaderOf(bytes) ?? '')?.[1];
  if (kind === undefined)
    throw unreadable(input, isHeic(bytes) ? HEIC : `it is not a picture that can be read (${ACCEPTED})`);
  const loader = Object.hasOwn(LOADERS, kind) ? LOADERS[kind] : undefined;
  if (loader === undefined)
    throw unreadable(input, `a picture of the kind ${kind.toLowerCase()} is not accepted (${ACCEPTED})`);
  const endless = loader.format === 'jpeg' && lacksEnd(bytes);
  const whole = endless ? withEnd(bytes) : bytes;
  // With an end that was not there, what is missing before it is only warned of.
  const strict = { access: 'sequential', fail_on: endless ? 'warning' : 'error' };
  const reopen = (options: VipsOptions): Promise<VipsImage> =>
    vips.load(loader.operation, whole, { ...strict, ...options });
  try {
    const first = await reopen({});
    // A HEIF file may hold several pictures and name another than the first as its own.
    const primary = vips.number(first, 'heif-primary');
    const image = primary === 0 ? first : await reopen({ page: primary });
    if (vips.text(image, 'heif-compression') === 'hevc') throw unreadable(input, HEIC);
    const source = { ...describe(vips, image, loader.format, input, maxPixels), lacksEnd: endless };
    return { image, source, reopen };
  } catch (error) {
    if (error instanceof ReverieError) throw error;
    throw unreadable(input, isHeic(bytes) ? HEIC : 'it is damaged or ends early', error);
  }
}

function describe(
  vips: Vips,
  image: VipsImage,
  format: PictureFormatName,
  input: string | Uint8Array,
  maxPixels: number,
): Omit<ImageSource, 'lacksEnd'> {
  const { width, height, bands: channels, interpretation: space, hasAlpha } = image;
  if (width * height > maxPixels) {
    const most = maxPixels.toLocaleString('en');
    const message = `${nameOf(input)} has ${width}×${height} pixels, and at most ${most} can be opened.`;
    throw new ReverieError('image/size', message, { width, height, maxPixels });
  }
  if (image.format !== 'uchar' && image.format !== 'ushort') {
    throw unreadable(input, `its samples are of the type ${image.format}, and 8 or 16 bits are accepted`);
  }
  if (channels > MAX_CHANNELS) {
    throw unreadable(input, `it has ${channels} channels, and at most ${MAX_CHANNELS} are accepted`);
  }
  return {
    format,
    width,
    height,
    channels,
    depth: image.format === 'ushort' ? 16 : 8,
    space,
    hasAlpha,
    hasProfile: vips.has(image, 'icc-profile-data'),
    orientation: vips.orientation(image),
  };
}

/** By the name of the loader that libvips finds for the bytes. Another picture inside a JPEG, for brighter screens, is left. */
const LOADERS: Readonly<Record<string, { format: PictureFormatName; operation: string }>> = {
  Jpeg: { format: 'jpeg', operation: 'jpegload_buffer' },
  Uhdr: { format: 'jpeg', operation: 'jpegload_buffer' },
  Png: { format: 'png', operation: 'pngload_buffer' },
  Webp: { format: 'webp', operation: 'webpload_buffer' },
  Tiff: { format: 'tiff', operation: 'tiffload_buffer' },
  Heif: { format: 'avif', operation: 'heifload_buffer' },
  Nsgif: { format: 'gif', operation: 'gifload_buffer' },
};

const LABELS = pictureFormatNames.map((name) => pictureFormats[name].label);
const ACCEPTED = `${LABELS.slice(0, -1).join(', ')} and ${LABELS.at(-1)} are`;
const HEIC = 'it is a HEIC photo, whose compression (HEVC) is patented and not included; export it as JPEG';

/** ISO base media files name their kind after "ftyp"; these brands are HEVC pictures (ISO/IEC 23008-12, annex B). */
function isHeic(bytes: Uint8Array): boolean {
  return /^ftyphe(?:ic|ix|im|is|vc|vx)/.test(Buffer.from(bytes.subarray(4, 12)).toString('latin1'));
}

/** An `image/unreadable` that names the picture. */
export function unreadable(input: string | Uint8Array, reason: string, cause?: unknown): ReverieError {
  return new ReverieError('image/unreadable', `${nameOf(input)} cannot be opened: ${reason}.`, {}, { cause });
}

function nameOf(input: string | Uint8Array): string {
  return typeof input === 'string' ? `"${input}"` : 'The picture';
}
