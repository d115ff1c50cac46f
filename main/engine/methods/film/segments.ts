/**
 * A film cut into segments that do not depend on each other: each begins with the picture as it would be seen there, is warmed up over
 * frames before its own, and goes on beyond its end, where it is faded over into the next.
 */
import { ReverieError } from '../../../../shared/errors.ts';

/** Frames, counted from 1, the last included. */
export interface Segment {
  readonly number: number;
  /** Its own frames. */
  readonly first: number;
  readonly last: number;
  /** Those that have to be made for it: the warm-up before, and what fades out behind. */
  readonly from: number;
  readonly to: number;
}

/** How a frame of the film comes from the segments: from one, or from two of which the later counts `share`. */
export type Origin =
  { readonly of: Segment } | { readonly of: Segment; readonly next: Segment; readonly share: number };

/**
 * @param length frames of a segment; null for a film that is one
 * @throws ReverieError `usage/option` where segments would be shorter than their overlap, or have none
 */
export function planSegments(frames: number, length: number | null, overlap: number): Segment[] {
  if (length === null || length >= frames)
    return [{ number: 1, first: 1, last: frames, from: 1, to: frames }];
  if (overlap === 0)
    throw new ReverieError(
      'usage/option',
      'A film without overlap cannot be cut into segments: set --overlap to at least 1, or leave out --segment.',
    );
  if (overlap > length)
    throw new ReverieError(
      'usage/option',
      `Segments of ${length} frames are shorter than their overlap of ${overlap}; make them longer, or the overlap smaller.`,
    );
  const segments: Segment[] = [];
  for (let first = 1; first <= frames; first += length) {
    const last = Math.min(first + length - 1, frames);
    const number = segments.length + 1;
    const from = number === 1 ? 1 : first - overlap;
    segments.push({ number, first, last, from, to: Math.min(last + overlap, frames) });
  }
  return segments;
}

/** Where a frame comes from. */
export function originOf(segments: readonly Segment[], overlap: number, frame: number): Origin {
  const index = segments.findLastIndex(({ first }) => first <= frame);
  const [before, own] = [segments[index - 1], segments[index]];
  if (own === undefined) throw new RangeError(`There is no frame ${frame}.`);
  if (before === undefined || frame > before.to) return { of: own };
  return { of: before, next: own, share: (frame - own.first + 1) / (overlap + 1) };
}
