/** One frame of a dreamed video after the other: the dream of the frame before is carried along, and dreamed on a little. */
import type { VideoSettings } from '../../../../shared/recipes/video.ts';
import type { Pixels, Size } from '../../imaging/pixels.ts';
import type { MethodContext } from '../common/context.ts';
import type { Tiling } from '../dream/tiling.ts';
import { coloursToHold, holdColours } from '../film/colours.ts';
import { dreamOnFrame } from '../film/dream-on-frame.ts';
import { quantised } from '../film/frame-maker.ts';
import type { Maker } from '../film/missing-frames.ts';
import { calm, carried, isCut, motionOf, withDream, type Motion } from './carry.ts';
import type { Clip } from './clip.ts';
import { greyOf, type OpticalFlow } from './optical-flow.ts';

/** A dream that begins is dreamed on until it changes by no more than this from round to round, in [0, 1]; */
const SETTLED = 0.4 / 255;
/** or so often, where it never comes to rest. */
const MOST_ROUNDS = 40;

/** A frame as it was filmed. */
interface Filmed {
  readonly frame: number;
  readonly pixels: Pixels;
  readonly grey: Uint8Array;
}

interface Parts {
  readonly clip: Clip;
  readonly size: Size;
  readonly flow: OpticalFlow;
  readonly tiling: Tiling;
}

export class VideoFrameMaker implements Maker {
  readonly #context: MethodContext;
  readonly #settings: VideoSettings;
  readonly #parts: Parts;
  /** Frames, counted from 1, at which another scene begins. */
  readonly cuts: number[] = [];
  #last: Filmed | undefined;

  constructor(context: MethodContext, settings: VideoSettings, parts: Parts) {
    this.#context = context;
    this.#settings = settings;
    this.#parts = parts;
  }

  /** As strong a dream as a film of this frame alone would come to, so that the dream does not grow at the beginning of a scene. */
  async beginning(frame: number): Promise<Pixels> {
    const { pixels } = await this.#filmed(frame);
    const agreed = new Uint8Array(pixels.width * pixels.height).fill(1);
    const still: Motion = { back: new Float32Array(2 * agreed.length), agreed };
    let dreamed = pixels;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const next = await this.#dreamOn(pixels, carried(dreamed, pixels, still), still);
      const changed = apart(next, dreamed);
      dreamed = next;
      if (changed <= SETTLED) break;
    }
    return dreamed;
  }

  async after(dreamed: Pixels, frame: number): Promise<Pixels> {
    const { flow, size } = this.#parts;
    const before = await this.#filmed(frame - 1);
    const now = await this.#filmed(frame);
    const motion = motionOf(size, flow.between(now.grey, before.grey), flow.between(before.grey, now.grey));
    if (isCut(size, motion, now.grey, before.grey)) {
      this.cuts.push(frame);
      return this.beginning(frame);
    }
    return this.#dreamOn(now.pixels, carried(dreamed, before.pixels, motion), motion);
  }

  /** @param dream that has been carried along */
  async #dreamOn(filmed: Pixels, dream: Pixels, motion: Motion): Promise<Pixels> {
    const { tiling } = this.#parts;
    const view = withDream(filmed, dream, this.#settings.blend);
    // All frames have the same jitter: another one would be seen as flicker.
    const dreaming = { ...this.#settings, layers: this.#settings.layers ?? [], tiling };
    const picture = await dreamOnFrame(this.#context, view, dreaming);
    holdColours(picture, coloursToHold(filmed));
    calm(picture, withDream(filmed, dream, 1), motion);
    return quantised(picture);
  }

  /** A frame is asked for twice: as the new one, and as the one before. */
  async #filmed(frame: number): Promise<Filmed> {
    if (this.#last?.frame === frame) return this.#last;
    const pixels = await this.#parts.clip.read(frame, this.#parts.size);
    return (this.#last = { frame, pixels, grey: greyOf(pixels) });
  }
}

/** Mean difference of two pictures, in [0, 1]. */
const apart = (a: Pixels, b: Pixels): number =>
  a.data.reduce((sum, value, i) => sum + Math.abs(value - (b.data[i] ?? 0)), 0) / a.data.length;
