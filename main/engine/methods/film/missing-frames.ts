/** Making what is missing of a film, whatever its frames are made from: one segment after the other, each frame from the one before. */
import type { Pixels } from '../../imaging/pixels.ts';
import { mixed } from './frame-maker.ts';
import type { KeptFrames } from './kept-frames.ts';
import { originOf } from './segments.ts';

/** How a film's frames come about, counted from 1. */
export interface Maker {
  /** With what a segment begins. */
  beginning(frame: number): Pixels | Promise<Pixels>;
  /** The frame after another: from its 8-bit samples, its number and the settings alone, so that a film goes on from any of its files. */
  after(before: Pixels, frame: number): Promise<Pixels>;
}

/** Makes and keeps what is missing of a film, segment after segment; gives each of its frames that is made. */
export async function* missingFrames(
  maker: Maker,
  kept: KeptFrames,
): AsyncGenerator<{ frame: number; picture: Pixels }, void, undefined> {
  const { segments, overlap } = kept.cut;
  for (const segment of kept.missing.length === 0 ? [] : segments) {
    const done = kept.lastOf(segment);
    let picture = done === undefined ? undefined : await kept.read(segment, done);
    for (let frame = (done ?? segment.from - 1) + 1; frame <= segment.to; frame++) {
      picture = picture === undefined ? await maker.beginning(frame) : await maker.after(picture, frame);
      await kept.keep(segment, frame, picture);
      // Before a segment's own frames it warms up, and behind them it waits for the next.
      if (frame < segment.first || frame > segment.last) continue;
      const origin = originOf(segments, overlap, frame);
      if (!('next' in origin)) {
        yield { frame, picture };
        continue;
      }
      const faded = mixed(await kept.read(origin.of, frame), picture, origin.share);
      await kept.keepMixed(frame, faded);
      yield { frame, picture: faded };
    }
  }
}
