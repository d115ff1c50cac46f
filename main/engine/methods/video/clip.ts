/** What was filmed: a folder of frames, or a video whose frames the user's own ffmpeg takes out beside the film. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { throwIfCancelled } from '../../../../shared/cancellation.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import { isListedPicture } from '../../../../shared/picture-formats.ts';
import { film } from '../../../../shared/recipes/film.ts';
import type { FileIdentity } from '../../../../shared/recipes/recipe-form.ts';
import { isRecord } from '../../../../shared/schema.ts';
import { sha256OfFiles } from '../../../files/sha256.ts';
import { decodeImage } from '../../imaging/codec.ts';
import type { Pixels, Size } from '../../imaging/pixels.ts';
import { resize } from '../../imaging/resample.ts';
import { identify } from '../common/identify.ts';
import { hasFfmpeg, runFfmpeg, runFfprobe } from '../film/ffmpeg.ts';
import { quantised } from '../film/frame-maker.ts';

/** Sides may differ from each other by so many pixels of rounding. */
const ROUNDING = 2;

export interface Clip {
  readonly identity: FileIdentity;
  readonly frames: number;
  readonly fps: number;
  /** Of the frames as they are read. */
  readonly size: Size;
  /** A frame, counted from 1, in a size and in 8 bits. */
  read(frame: number, size: Size): Promise<Pixels>;
  /** The video that may have a sound. */
  readonly sound?: string;
  /** Removes what was taken out of a video. */
  tidy(): Promise<void>;
}

interface Wishes {
  readonly fps: number | null;
  /** The longer side that the film will have, at most; a video's frames are taken out no larger. */
  readonly longer: number;
  /** Where frames of a video are kept until the film is whole. */
  readonly beside: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * @throws ReverieError `image/missing` where nothing lies, and for a folder with fewer than two pictures; `image/unreadable` for what is
 * no video, and without ffmpeg; job/cancelled
 */
export async function openClip(path: string, wishes: Wishes): Promise<Clip> {
  const what = await stat(path).catch((cause: unknown) => {
    throw new ReverieError('image/missing', `There is nothing at "${path}".`, {}, { cause });
  });
  return what.isDirectory() ? openFolderOf(path, wishes) : openVideo(path, wishes);
}

async function openFolderOf(folder: string, { fps, signal }: Wishes): Promise<Clip> {
  const paths = await framesIn(folder);
  if (paths.length < 2)
    throw new ReverieError(
      'image/missing',
      `The folder "${folder}" has ${paths.length === 0 ? 'no picture' : 'one picture only'}; a video is at least two frames, in the order of their numbers.`,
    );
  const identity = { name: basename(folder), sha256: await sha256OfFiles(...paths) };
  return clipOf(paths, { identity, fps: fps ?? film.fps.default, signal, tidy: () => Promise.resolve() });
}

async function openVideo(path: string, { fps: wished, longer, beside, signal }: Wishes): Promise<Clip> {
  if (!(await hasFfmpeg()))
    throw new ReverieError(
      'image/unreadable',
      `"${path}" is read by ffmpeg, which is not found on this machine's PATH: install it, or give a folder with the frames as pictures.`,
      { path },
    );
  const fps = wished ?? (await rateOf(path));
  const identity = await identify(path);
  const folder = join(beside, `.source-${identity.sha256.slice(0, 12)}-${longer}-${fps}`);
  if (!existsSync(folder)) await takeOut(path, folder, { fps, longer, signal });
  const tidy = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const paths = await framesIn(folder);
  if (paths.length < 2) {
    await tidy();
    throw new ReverieError('image/unreadable', `"${path}" has fewer than two frames; it is no video.`, {
      path,
    });
  }
  return clipOf(paths, { identity, fps, signal, sound: path, tidy });
}

async function clipOf(
  paths: readonly string[],
  {
    signal,
    ...rest
  }: Pick<Clip, 'identity' | 'fps' | 'sound' | 'tidy'> & { signal: AbortSignal | undefined },
): Promise<Clip> {
  const { width, height } = (await decodeImage(paths[0] ?? '', { signal })).pixels;
  return {
    ...rest,
    frames: paths.length,
    size: { width, height },
    async read(frame, size) {
      const path = paths[frame - 1] ?? '';
      const { pixels } = await decodeImage(path, { signal });
      if (!isAlike(pixels, { width, height }))
        throw new ReverieError(
          'image/size',
          `"${path}" has ${pixels.width}×${pixels.height} pixels, but the first frame has ${width}×${height}; a video's frames have one shape.`,
          { path },
        );
      return quantised(resize(pixels, size.width, size.height));
    },
  };
}

const isAlike = (a: Size, b: Size): boolean =>
  Math.abs(a.width * b.height - a.height * b.width) <=
  ROUNDING * Math.max(a.width, a.height, b.width, b.height);

/** The pictures of a folder, in the order of the numbers in their names. */
async function framesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && isListedPicture(entry.name))
    .map(({ name }) => name);
  const { compare } = new Intl.Collator('en', { numeric: true });
  return names.sort(compare).map((name) => join(folder, name));
}

/** Frames a second, as the video says. */
async function rateOf(path: string): Promise<number> {
  const words = [
    '-v',
    'error',
    '-select_streams',
    'v:0',
    '-show_entries',
    'stream=avg_frame_rate',
    '-of',
    'json',
  ];
  const printed = await runFfprobe([...words, path]).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const { streams } = JSON.parse(printed) as { streams?: unknown[] };
  const [stream] = streams ?? [];
  const rate = isRecord(stream) ? String(stream['avg_frame_rate']) : '';
  const [of = 0, per = 1] = rate.split('/').map(Number);
  // To a thousandth, as names of files and settings have it.
  const fps = Math.round((1000 * of) / per) / 1000;
  if (Number.isFinite(fps) && fps > 0) return Math.min(fps, 120);
  throw unreadable(path, new Error('it has no picture track.'));
}

/** All frames as PNGs, at once or not at all. */
async function takeOut(
  path: string,
  folder: string,
  { fps, longer, signal }: { fps: number; longer: number; signal: AbortSignal | undefined },
): Promise<void> {
  const unfinished = `${folder}-${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  const fit = `scale=w='min(${longer},iw)':h='min(${longer},ih)':force_original_aspect_ratio=decrease:flags=lanczos`;
  const form = [
    '-map',
    '0:v:0',
    '-vf',
    `fps=${fps},${fit}`,
    '-pix_fmt',
    'rgb24',
    join(unfinished, '%06d.png'),
  ];
  try {
    await runFfmpeg(['-hide_banner', '-loglevel', 'error', '-nostdin', '-i', path, ...form], { signal });
    await rename(unfinished, folder);
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    throwIfCancelled(signal);
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): ReverieError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ReverieError(
    'image/unreadable',
    `"${path}" cannot be read as a video: ${reason}`,
    { path },
    { cause },
  );
}
