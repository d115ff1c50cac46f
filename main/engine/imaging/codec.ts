/**
 * Picture files to pixels and back, by libvips. What comes out is upright, in sRGB and opaque, whatever went in, and keeps 16
 * bits where the file has them; what goes in is saved whole or not at all.
 */
import { extname } from 'node:path';
import { unlessCancelled } from '../../../shared/cancellation.ts';
import { ReverieError } from '../../../shared/errors.ts';
import {
  pictureFormatOf,
  pictureFormats,
  writtenFormats,
  type WrittenFormat,
} from '../../../shared/picture-formats.ts';
import { checkPlace, writeAtomically, type WriteOptions } from '../../files/whole-file.ts';
import { encode } from './encoders.ts';
import type { Pixels } from './pixels.ts';
import { createPixels, fillPixels, toBytes, toWords } from './pixels.ts';
import { insertText, readRecipe, writeRecipe } from './recipe-chunk.ts';
import type { ImageSource } from './source.ts';
import { openImage, readBytes, unreadable } from './source.ts';
import { in8Bits, onWhite, upright } from './upright.ts';
import { Vips, type VipsImage } from './vips.ts';

interface DecodeOptions {
  /** The most pixels a picture may have, {@link MAX_PIXELS} by default. */
  readonly maxPixels?: number;
  /** Shrinks the picture while decoding so that no side exceeds this, much faster than afterwards; for previews. */
  readonly maxSide?: number;
  /** What refusals call the picture; by default its path, where it is given by one. */
  readonly name?: string;
  /** Of the job that waits for it. */
  readonly signal?: AbortSignal | undefined;
}

interface DecodedImage {
  readonly pixels: Pixels;
  readonly source: ImageSource;
  /** The recipe stored in a PNG, if any. */
  readonly recipe?: unknown;
  /** Why a stored recipe could not be read; the picture itself is fine. */
  readonly recipeError?: ReverieError;
}

/**
 * The picture in a file, or in the bytes of one: JPEG (CMYK included), PNG, WebP, TIFF, AVIF or GIF, of the first frame or
 * page. It is turned upright (EXIF), converted to sRGB (ICC), and transparency shows white. SVG is refused: it has no pixels,
 * and its fonts would differ from machine to machine. A file that ends early is refused, not shown half grey.
 * @throws ReverieError image/missing, image/unreadable, image/size; job/cancelled
 */
export async function decodeImage(
  input: string | Uint8Array,
  { maxPixels, maxSide, name, signal }: DecodeOptions = {},
): Promise<DecodedImage> {
  const bytes = await readBytes(input);
  const called = name ?? input;
  const decoded = Vips.use(async (vips) => {
    const opened = await openImage(vips, bytes, called, maxPixels);
    const pixels = await upright(vips, opened, maxSide)
      .then((image) => toPixels(vips, image))
      .catch((error: unknown) => {
        throw damaged(called, error);
      });
    return { pixels, source: opened.source, ...recipeIn(bytes) };
  });
  return unlessCancelled(decoded, signal);
}

async function toPixels(vips: Vips, image: VipsImage): Promise<Pixels> {
  const pixels = createPixels(image.width, image.height);
  await vips.samples(image, (samples, firstRow) => {
    fillPixels(pixels, firstRow * image.width, samples, image.bands);
  });
  return pixels;
}

/** What libvips says of a file's pixels; refusals of ours stay. */
function damaged(input: string | Uint8Array, error: unknown): ReverieError {
  if (error instanceof ReverieError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return unreadable(input, `it is damaged or ends early (${reason})`, error);
}

function recipeIn(bytes: Uint8Array): Pick<DecodedImage, 'recipe' | 'recipeError'> {
  try {
    const recipe = readRecipe(bytes);
    return recipe === undefined ? {} : { recipe };
  } catch (error) {
    if (error instanceof ReverieError) return { recipeError: error };
    throw error;
  }
}

/** A small version of a picture, no side longer than `maxSide`; one already that small comes back at its own size. */
export async function thumbnail(input: string | Uint8Array, maxSide: number): Promise<Pixels> {
  return (await decodeImage(input, { maxSide })).pixels;
}

interface ConvertOptions {
  /** 1–100, for JPEG, WebP and AVIF. */
  readonly quality?: number;
  /** Shrinks the picture so that no side exceeds this. */
  readonly maxSide?: number;
}

/**
 * A picture's file in another format: upright, in sRGB, white where it is transparent, and with its recipe in a PNG. The
 * samples stay in libvips, off the thread that asks, so it is the way for a program that has other work to do.
 * @throws ReverieError image/missing, image/unreadable, image/size
 */
export async function convertImage(
  input: string | Uint8Array,
  format: WrittenFormat,
  { quality, maxSide }: ConvertOptions = {},
): Promise<Uint8Array> {
  const bytes = await readBytes(input);
  return Vips.use(async (vips) => {
    const opened = await openImage(vips, bytes, input);
    const exact = pictureFormats[format].writing === 'exact';
    const converted = await upright(vips, opened, maxSide)
      .then((image) => onWhite(vips, image))
      .then((image) => (exact ? image : in8Bits(vips, image)))
      .then((image) => encode(vips, image, format, quality))
      .catch((error: unknown) => {
        throw damaged(input, error);
      });
    const { recipe } = recipeIn(bytes);
    return format === 'png' && recipe !== undefined ? writeRecipe(converted, recipe) : converted;
  });
}

interface PngOptions {
  /** Texts by keyword (1–79 Latin-1 characters), stored as UTF-8. */
  readonly text?: Readonly<Record<string, string>>;
  /** 16 keeps what an optimisation did below one grey level. */
  readonly depth?: 8 | 16;
  /** Any JSON value, stored so that the picture can be repeated. */
  readonly recipe?: unknown;
}

/** PNG bytes, the same for the same pixels and options. */
export async function encodePng(
  pixels: Pixels,
  { text = {}, depth = 8, recipe }: PngOptions = {},
): Promise<Uint8Array> {
  let png = await encodePixels(pixels, 'png', { depth });
  for (const [keyword, value] of Object.entries(text)) png = insertText(png, keyword, value);
  return recipe === undefined ? png : writeRecipe(png, recipe);
}

/** JPEG bytes; `quality` 1–100. */
export async function encodeJpeg(
  pixels: Pixels,
  options: { readonly quality?: number } = {},
): Promise<Uint8Array> {
  return encodePixels(pixels, 'jpeg', options);
}

export interface SaveOptions extends PngOptions, WriteOptions {
  /** 1–100, for JPEG, WebP and AVIF. */
  readonly quality?: number;
  /** Of the job that makes the picture: what is not encoded when it is aborted is not written. */
  readonly signal?: AbortSignal | undefined;
}

async function encodePixels(
  pixels: Pixels,
  format: WrittenFormat,
  { quality, depth = 8 }: SaveOptions,
): Promise<Uint8Array> {
  const deep = depth === 16 && pictureFormats[format].writing === 'exact';
  return Vips.use(async (vips) =>
    encode(vips, await vips.fromSamples(deep ? toWords(pixels) : toBytes(pixels), pixels), format, quality),
  );
}

/**
 * Writes a picture whole or not at all, in the format of the extension. The recipe and texts are kept by PNG alone, 16 bits by
 * PNG and TIFF.
 * @throws ReverieError usage/option for an unknown extension, output/unwritable, image/size when the format has no room for it;
 * job/cancelled
 */
export async function saveImage(pixels: Pixels, path: string, options: SaveOptions = {}): Promise<void> {
  const format = formatFor(path);
  const encoded = format === 'png' ? encodePng(pixels, options) : encodePixels(pixels, format, options);
  await writeAtomically(path, await unlessCancelled(encoded, options.signal), options);
}

/**
 * Writes a PNG that is opaque only in part.
 *
 * @param alpha 0 to 1 for each pixel, row by row
 * @throws ReverieError usage/option for another extension than .png, output/unwritable
 */
export async function saveCutout(pixels: Pixels, alpha: Float32Array, path: string): Promise<void> {
  checkCutout(path);
  const samples = toBytes(pixels, { alpha: true });
  for (let i = 0; i < alpha.length; i++) samples[4 * i + 3] = Math.round(255 * (alpha[i] ?? 0));
  const png = await Vips.use(async (vips) => encode(vips, await vips.fromSamples(samples, pixels, 4), 'png'));
  await writeAtomically(path, png);
}

/** Transparency and exact levels go together in PNG alone. */
function checkCutout(path: string): void {
  if (pictureFormatOf(path) === 'png') return;
  throw new ReverieError('usage/option', `The patch "${path}" must be a .png, which can be transparent.`);
}

/**
 * Whether a picture could be saved at `path`, to be asked before a long job starts.
 * @throws ReverieError usage/option for an unknown extension, output/unwritable
 */
export async function checkWritable(path: string): Promise<void> {
  formatFor(path);
  await checkPlace(path);
}

/** The same for a PNG that is opaque only in part. */
export async function checkCutoutWritable(path: string): Promise<void> {
  checkCutout(path);
  await checkPlace(path);
}

function formatFor(path: string): WrittenFormat {
  const named = pictureFormatOf(path);
  const format = writtenFormats.find((written) => written === named);
  if (format !== undefined) return format;
  const accepted = writtenFormats.flatMap((written) => pictureFormats[written].extensions).join(', ');
  const extension = extname(path).toLowerCase();
  const what = extension === '' ? 'has no extension' : `ends in "${extension}"`;
  throw new ReverieError('usage/option', `The output "${path}" ${what}; accepted are ${accepted}.`, { path });
}
