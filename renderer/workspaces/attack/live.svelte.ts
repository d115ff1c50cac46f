/** A running attack as it is seen: the newest frame, and what it changes in the picture. */
import type { Frame } from '../../../shared/jobs.ts';
import { sourceAddress } from '../../../shared/studio/addresses.ts';
import { LIVE_GAIN } from '../../../shared/studio/attack.ts';
import type { Studio } from '../../../shared/studio/contract.ts';
import { nextPaint, watchFrames } from '../../state/live.ts';
import { loadPicture } from '../../view/load-picture.ts';
import { differenceOf, type Difference } from './difference.ts';

export class LiveAttack {
  frame = $state.raw<Frame | undefined>();
  /** `undefined` while it cannot be told, as of pictures that are shown smaller than they are. */
  difference = $state.raw<Difference | undefined>();
  readonly #studio: Pick<Studio, 'frames'>;

  constructor(studio: Pick<Studio, 'frames'>) {
    this.#studio = studio;
  }

  /** Follows a job until what is returned is called. */
  watch(job: string): () => void {
    const leave = new AbortController();
    void this.#watch(job, leave.signal);
    return () => leave.abort();
  }

  async #watch(job: string, signal: AbortSignal): Promise<void> {
    try {
      const original = await pixelsAt(sourceAddress(job), signal);
      const show = (frame: Frame): void => {
        this.frame = frame;
        this.difference = original === undefined ? undefined : differenceOf(original, frame, LIVE_GAIN);
      };
      await watchFrames(this.#studio.frames({ job }), show, nextPaint, signal);
    } catch {
      // A lost connection is told elsewhere, and its return brings the job and its frames again.
    }
  }
}

/** The picture at an address as pixels; `undefined` for one that the window cannot show. */
async function pixelsAt(address: string, signal: AbortSignal): Promise<Frame | undefined> {
  try {
    const bitmap = await loadPicture(address, signal);
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    context?.drawImage(bitmap, 0, 0);
    bitmap.close();
    const data = context?.getImageData(0, 0, width, height).data;
    return data === undefined ? undefined : { width, height, rgba: new Uint8Array(data.buffer) };
  } catch {
    return undefined;
  }
}
