/** One frame of a film after the other: the frame before is moved, dreamed on, and brought back to the film's colours. */
import type { FilmSettings } from '../../../../shared/recipes/film.ts';
import { inverse } from '../../ascent/affine.ts';
import { random } from '../../ascent/random.ts';
import { fillPixels, toBytes, type Pixels } from '../../imaging/pixels.ts';
import type { MethodContext } from '../common/context.ts';
import type { Tiling } from '../dream/tiling.ts';
import { coloursToHold, holdColours, type Colours } from './colours.ts';
import { dreamOnFrame } from './dream-on-frame.ts';
import type { Motion } from './motion.ts';
import { seenFromAfar, seenThrough } from './view.ts';

export class FrameMaker {
  readonly #context: MethodContext;
  readonly #settings: FilmSettings;
  readonly #motion: Motion;
  readonly #tiling: Tiling;
  readonly #source: Pixels;
  readonly #held: Colours;

  /** @param source the first frame, as {@link quantised} */
  constructor(
    context: MethodContext,
    settings: FilmSettings,
    { motion, tiling, source }: { motion: Motion; tiling: Tiling; source: Pixels },
  ) {
    this.#context = context;
    this.#settings = settings;
    this.#motion = motion;
    this.#tiling = tiling;
    this.#source = source;
    this.#held = coloursToHold(source);
  }

  /** With what a segment begins: the picture as it would be seen at that frame if nobody had dreamed on it. */
  beginning(frame: number): Pixels {
    if (frame === 1) return this.#source;
    const view = seenFromAfar(this.#source, this.#motion.since(1, frame, this.#source));
    holdColours(view, this.#held);
    return quantised(view);
  }

  /**
   * The frame after another. It depends on its 8-bit samples, its number and the settings alone, so that a film goes on from any of
   * its files.
   */
  async after(before: Pixels, frame: number): Promise<Pixels> {
    const dreamed = await this.#dream(seenThrough(before, this.#motion.step(frame, before)), frame);
    this.#leadBack(dreamed, frame);
    holdColours(dreamed, this.#held);
    return quantised(dreamed);
  }

  /** How many times as long as others a frame takes: between key frames two lists of layers are dreamed on. */
  cost(frame: number): number {
    const { share } = this.#motion.at(frame).layers;
    return share > 0 && share < 1 ? 2 : 1;
  }

  async #dream(view: Pixels, frame: number): Promise<Pixels> {
    const { rate: usual, layers } = this.#motion.at(frame);
    // What a loop leaves behind is not to grow again.
    const rate = usual * Math.min(this.#left(frame) / (this.#settings.overlap + 1), 1);
    // Each frame is shifted by its own jitter, or a pattern would grow where the cuts are.
    const seed = Math.floor(random(this.#settings.seed, frame)() * 2 ** 32);
    const common = { ...this.#settings, tiling: this.#tiling, seed };
    let picture = view;
    for (const [each, share] of [
      [layers.from, 1 - layers.share] as const,
      [layers.to, layers.share] as const,
    ])
      if (share > 0)
        picture = await dreamOnFrame(this.#context, picture, { ...common, layers: each, rate: rate * share });
    return picture;
  }

  /** Towards the end of a loop the first frame comes nearer from where it will lie, a little more with every frame; in place. */
  #leadBack({ data }: Pixels, frame: number): void {
    const left = this.#left(frame);
    if (left > this.#settings.overlap) return;
    const after = this.#settings.frames + 1;
    const first = seenFromAfar(this.#source, inverse(this.#motion.since(frame, after, this.#source)));
    // Of what was there before, left/(overlap + 1) is still there after this frame.
    const share = 1 / (left + 1);
    for (let i = 0; i < data.length; i++)
      data[i] = (data[i] ?? 0) + share * ((first.data[i] ?? 0) - (data[i] ?? 0));
  }

  /** How many frames of a loop are left until its first comes again; of other films there is no end of them. */
  #left(frame: number): number {
    return this.#settings.loop ? this.#settings.frames + 1 - frame : Infinity;
  }
}

/** The samples as they are read again from an 8-bit file; in place. */
export function quantised(picture: Pixels): Pixels {
  fillPixels(picture, 0, toBytes(picture), 3);
  return picture;
}

/** Two frames mixed, of which the second counts `share`. */
export function mixed(a: Pixels, b: Pixels, share: number): Pixels {
  const data = a.data.map((value, i) => value + share * ((b.data[i] ?? 0) - value));
  return quantised({ ...a, data });
}
