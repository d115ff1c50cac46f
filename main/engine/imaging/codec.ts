/**
 * Picture files to pixels and back, by sharp (libvips). What comes out is upright, in sRGB and opaque, whatever went in, and
 * keeps 16 bits where the file has them; what goes in is saved whole or not at all.
 */
import { extname } from 'node:path';
import type { Sharp } from 'sharp';
import sharp from 'sharp';
import { unlessCancelled } from '../../../shared/cancellation.ts';
import { ReverieError } from '../../../shared/errors.ts';
import { checkPlace, writeAtomically, type WriteOptions } from '../../files/whole-file.ts';
import type { Pixels } from './pixels.ts';
import { fromBytes, toBytes, toWords } from './pixels.ts';
import { insertText, readRecipe, writeRecipe } from './recipe-chunk.ts';
import type { ImageSource } from './source.ts';
import { inspect, readBytes, unreadable } from './source.ts';

export interface DecodeOptions {
  /** The most pixels a picture may have, {@link MAX_PIXELS} by default. */
  readonly maxPixels?: number;
  /** Shrinks the picture while decoding so that no side exceeds this, much faster than afterwards; for previews. */
  readonly maxSide?: number;
  /** What refusals call the picture; by default its path, where it is given by one. */
  readonly name?: string;
  /** Of the job that waits for it. */
  readonly signal?: AbortSignal | undefined;
}

export interface DecodedImage {
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
  options: DecodeOptions = {},
): Promise<DecodedImage> {
  // The bytes are read here, not by libvips, whose cache could return an earlier picture of the same path.
  const bytes = await readBytes(input);
  const called = options.name ?? input;
  const source = await inspect(bytes, called, options.maxPixels);
  const decoded = decode(bytes, source, options.maxSide, (error) => {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw unreadable(called, `it is damaged or ends early (${reason})`, error);
  });
  const pixels = await unlessCancelled(decoded, options.signal);
  return { pixels, source, ...recipeIn(bytes) };
}

async function decode(
  bytes: Uint8Array,
  source: ImageSource,
  maxSide: number | undefined,
  onDamage: (error: unknown) => never,
): Promise<Pixels> {
  const deep = source.space === 'rgb16' || source.space === 'grey16';
  let image = sharp(bytes, { failOn: 'error', limitInputPixels: false }).autoOrient();
  if (maxSide !== undefined) {
    image = image.resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true });
  }
  // sharp converts profiles of 8-bit pictures to sRGB, but those of 16-bit ones to Display P3 unless told otherwise.
  if (source.space === 'rgb16' && source.hasProfile) image = image.withIccProfile('srgb');
  image = image.toColourspace(deep ? 'rgb16' : 'srgb').raw({ depth: deep ? 'ushort' : 'uchar' });
  const { data, info } = await image.toBuffer({ resolveWithObject: true }).catch(onDamage);
  const samples = deep ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
  return fromBytes(samples, info.width, info.height, info.channels);
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

export interface PngOptions {
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
  const image = depth === 16 ? rawImage(pixels, 16).toColourspace('rgb16') : rawImage(pixels, 8);
  let png: Uint8Array = await image.png({ compressionLevel: 6, adaptiveFiltering: false }).toBuffer();
  for (const [keyword, value] of Object.entries(text)) png = insertText(png, keyword, value);
  return recipe === undefined ? png : writeRecipe(png, recipe);
}

/** JPEG bytes; `quality` 1–100. Colour is stored at full resolution, because a dream has much detail in it. */
export async function encodeJpeg(
  pixels: Pixels,
  { quality = 92 }: { quality?: number } = {},
): Promise<Uint8Array> {
  return rawImage(pixels, 8).jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer();
}

function rawImage(pixels: Pixels, depth: 8 | 16): Sharp {
  const { width, height } = pixels;
  const samples = depth === 16 ? toWords(pixels) : toBytes(pixels);
  return sharp(samples, { raw: { width, height, channels: 3 }, limitInputPixels: false });
}

export interface SaveOptions extends PngOptions, WriteOptions {
  /** 1–100, for JPEG, WebP and AVIF. */
  readonly quality?: number;
  /** Of the job that makes the picture: what is not encoded when it is aborted is not written. */
  readonly signal?: AbortSignal | undefined;
}

type Encoder = (pixels: Pixels, options: SaveOptions) => Promise<Uint8Array>;

const jpeg: Encoder = encodeJpeg;
const tiff: Encoder = (pixels, { depth = 8 }) => {
  const image = depth === 16 ? rawImage(pixels, 16).toColourspace('rgb16') : rawImage(pixels, 8);
  return image.tiff({ compression: 'deflate', predictor: 'horizontal' }).toBuffer();
};

const ENCODERS: Readonly<Record<string, Encoder>> = {
  '.png': encodePng,
  '.jpg': jpeg,
  '.jpeg': jpeg,
  '.webp': (pixels, { quality = 90 }) => rawImage(pixels, 8).webp({ quality }).toBuffer(),
  '.tif': tiff,
  '.tiff': tiff,
  '.avif': (pixels, { quality = 70 }) => rawImage(pixels, 8).avif({ quality }).toBuffer(),
};

/**
 * Writes a picture whole or not at all, in the format of the extension. The recipe and texts are kept by PNG alone, 16 bits by
 * PNG and TIFF.
 * @throws ReverieError usage/option for an unknown extension, output/unwritable, image/size when the format has no room for it;
 * job/cancelled
 */
export async function saveImage(pixels: Pixels, path: string, options: SaveOptions = {}): Promise<void> {
  const encode = encoderFor(path);
  const encoded = encode(pixels, options).catch((error: unknown) => {
    const size = `${pixels.width}×${pixels.height} pixels`;
    const message = `A picture of ${size} cannot be saved as "${path}": the format refuses it; PNG accepts any size.`;
    throw new ReverieError('image/size', message, { path }, { cause: error });
  });
  const bytes = await unlessCancelled(encoded, options.signal);
  await writeAtomically(path, bytes, options);
}

/**
 * Writes a PNG that is opaque only in part.
 *
 * @param alpha 0 to 1 for each pixel, row by row
 * @throws ReverieError usage/option for another extension than .png, output/unwritable
 */
export async function saveCutout(pixels: Pixels, alpha: Float32Array, path: string): Promise<void> {
  checkCutout(path);
  const { width, height } = pixels;
  const samples = toBytes(pixels, { alpha: true });
  for (let i = 0; i < alpha.length; i++) samples[4 * i + 3] = Math.round(255 * (alpha[i] ?? 0));
  const image = sharp(samples, { raw: { width, height, channels: 4 }, limitInputPixels: false });
  await writeAtomically(path, await image.png({ compressionLevel: 6, adaptiveFiltering: false }).toBuffer());
}

/** Transparency and exact levels go together in PNG alone. */
function checkCutout(path: string): void {
  if (extname(path).toLowerCase() === '.png') return;
  throw new ReverieError('usage/option', `The patch "${path}" must be a .png, which can be transparent.`);
}

/**
 * Whether a picture could be saved at `path`, to be asked before a long job starts.
 * @throws ReverieError usage/option for an unknown extension, output/unwritable
 */
export async function checkWritable(path: string): Promise<void> {
  encoderFor(path);
  await checkPlace(path);
}

/** The same for a PNG that is opaque only in part. */
export async function checkCutoutWritable(path: string): Promise<void> {
  checkCutout(path);
  await checkPlace(path);
}

function encoderFor(path: string): Encoder {
  const extension = extname(path).toLowerCase();
  const encoder = Object.hasOwn(ENCODERS, extension) ? ENCODERS[extension] : undefined;
  if (encoder !== undefined) return encoder;
  const accepted = Object.keys(ENCODERS).join(', ');
  const what = extension === '' ? 'has no extension' : `ends in "${extension}"`;
  throw new ReverieError('usage/option', `The output "${path}" ${what}; accepted are ${accepted}.`, { path });
}
