/** A film in one file: of short ones an animated picture by libvips, of any a video by the ffmpeg that somebody has installed. */
import { rm } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { throwIfCancelled } from '../../../../shared/cancellation.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import { checkPlace, moveFile, writeAtomically } from '../../../files/whole-file.ts';
import {
  animationExtensions,
  checkAnimation,
  encodeAnimation,
  isAnimation,
} from '../../imaging/animation.ts';
import { hasFfmpeg, runFfmpeg } from './ffmpeg.ts';

/** What ffmpeg is told for each kind of video; the best that still plays in most places. */
const VIDEOS: Readonly<Record<string, readonly string[]>> = {
  '.mp4': ['-c:v', 'libx264', '-crf', '17', '-movflags', '+faststart', '-c:a', 'aac', '-b:a', '192k'],
  '.mov': ['-c:v', 'libx264', '-crf', '17', '-c:a', 'aac', '-b:a', '192k'],
  '.mkv': ['-c:v', 'libx264', '-crf', '17', '-c:a', 'copy'],
  '.webm': ['-c:v', 'libvpx-vp9', '-crf', '24', '-b:v', '0', '-c:a', 'libopus'],
};
/** Most players want an even number of pixels on each side. */
const EVEN = 'pad=ceil(iw/2)*2:ceil(ih/2)*2';

/** The frames of a film, as files in one folder. */
interface Frames {
  readonly folder: string;
  readonly count: number;
  readonly fps: number;
  readonly width: number;
  readonly height: number;
  readonly path: (frame: number) => string;
  /** A video whose sound goes with them, if it has any. */
  readonly sound?: string;
}

/**
 * Whether a film could be written as such a file, to be asked before it is made.
 * @throws ReverieError `usage/option` for an unknown extension, without ffmpeg, and for a film too long for an animated picture;
 * `output/unwritable`
 */
export async function checkVideo(
  path: string,
  frames: Pick<Frames, 'count' | 'width' | 'height'>,
): Promise<void> {
  const extension = extname(path).toLowerCase();
  if (isAnimation(extension)) checkAnimation(path, frames.count, frames);
  else if (!Object.hasOwn(VIDEOS, extension)) {
    const accepted = [...Object.keys(VIDEOS), ...animationExtensions].join(', ');
    throw new ReverieError('usage/option', `The video "${path}" ends in none of ${accepted}.`, { path });
  } else if (!(await hasFfmpeg())) {
    throw new ReverieError(
      'usage/option',
      `"${path}" is made by ffmpeg, which is not found on this machine's PATH: install it, name a .webp or .gif, or leave out --video and take the frames.`,
    );
  }
  await checkPlace(path);
}

/** @throws ReverieError `output/unwritable` with the last words of ffmpeg; job/cancelled */
export async function writeVideo(
  path: string,
  frames: Frames,
  signal: AbortSignal | undefined,
): Promise<void> {
  const extension = extname(path).toLowerCase();
  if (isAnimation(extension)) {
    const paths = Array.from({ length: frames.count }, (_, i) => frames.path(i + 1));
    await writeAtomically(path, await encodeAnimation(paths, { ...frames, extension, signal }));
    return;
  }
  const temporary = join(dirname(path), `.reverie-${process.pid}${extension}`);
  // The pattern is read from within the folder, whose own name may hold signs that mean something to it.
  const input = ['-framerate', String(frames.fps), '-start_number', '1', '-i', '%04d.png'];
  // The sound may be longer than the film.
  if (frames.sound !== undefined)
    input.push('-i', frames.sound, '-map', '0:v', '-map', '1:a?', '-t', String(frames.count / frames.fps));
  const form = ['-vf', EVEN, '-pix_fmt', 'yuv420p', ...(VIDEOS[extension] ?? [])];
  const words = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', ...input, ...form, temporary];
  try {
    await runFfmpeg(words, { cwd: frames.folder, signal });
    await moveFile(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throwIfCancelled(signal);
    const reason = error instanceof Error ? error.message : String(error);
    throw new ReverieError(
      'output/unwritable',
      `The frames are complete, but ffmpeg did not make "${path}": ${reason}`,
      { path },
      { cause: error },
    );
  }
}
