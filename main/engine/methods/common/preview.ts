/** Small pictures of a running job for whoever looks on, no more often than they asked for. */
import type { Frame, Preview } from '../../../../shared/jobs.ts';
import { toBytes, type Pixels } from '../../imaging/pixels.ts';
import { fitLonger, resize } from '../../imaging/resample.ts';

export class Previewer {
  readonly #preview: Preview | null;
  #shown = -Infinity;

  constructor(preview: Preview | null) {
    this.#preview = preview;
  }

  /** A frame when one is due; the last step of `of` is always shown. */
  frame({ step }: { step: number }, of: number, picture: () => Pixels): Frame | undefined {
    if (this.#preview === null) return undefined;
    const now = performance.now();
    if (now - this.#shown < this.#preview.everyMs && step !== of) return undefined;
    this.#shown = now;
    return frameOf(picture(), this.#preview.maxSide);
  }
}

/** A picture as 8-bit RGBA, shrunk so that no side exceeds `maxSide`, if that is given. */
export function frameOf(picture: Pixels, maxSide = Infinity): Frame {
  const large = Math.max(picture.width, picture.height) > maxSide;
  const size = large ? fitLonger(picture, maxSide) : picture;
  const small = large ? resize(picture, size.width, size.height, 'area') : picture;
  return { width: size.width, height: size.height, rgba: toBytes(small, { alpha: true }) };
}
