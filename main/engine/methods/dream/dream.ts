/**
 * Deep Dream (Mordvintsev et al. 2015): gradient ascent on the picture itself, from coarse octaves to fine ones. What an
 * octave added to the picture, its detail, is enlarged and carried over to the next.
 */
import { ReverieError } from '../../../../shared/errors.ts';
import { GradientNormaliser, type Normaliser } from '../../ascent/normaliser.ts';
import { random, uniformInteger } from '../../ascent/random.ts';
import type { Pixels, Size } from '../../imaging/pixels.ts';
import { planeOf, resize, rowResizer, STRIP } from '../../imaging/resample.ts';
import { octaveSizes } from './octaves.ts';
import { RetryingGradient } from './retrying-gradient.ts';
import type { Ascent, TilePlan } from './tiled-gradient.ts';
import { Tiling } from './tiling.ts';

interface DreamOptions {
  readonly octaves: number;
  readonly octaveScale: number;
  /** Gradient steps in each octave. */
  readonly steps: number;
  /** Size of a step in grey levels (of 255), in the sense of the normaliser. */
  readonly rate: number;
  readonly normalise: Normaliser;
  /** The picture is shifted by up to so many pixels before each step. */
  readonly jitter: number;
  /** Wished side of a tile in pixels. */
  readonly tile: number;
  /** Where tiles may shrink on the way: what follows from `tile`, unless it is followed from outside. */
  readonly tiling?: Tiling;
  readonly seed: number;
  /** Where to dream: 1 fully, 0 not at all; of any size. */
  readonly mask: Pixels | undefined;
  /** Whether what it begins with may be overwritten: one copy less of a picture that may fill the memory. */
  readonly inPlace?: boolean;
}

/** A state to go on from: the picture of an octave (counted from 1) after `step` steps of the whole dream. */
export interface DreamState {
  readonly octave: number;
  readonly step: number;
  readonly picture: Pixels;
}

export interface DreamStep extends DreamState {
  readonly of: number;
  readonly octaves: number;
  /** Mean of the objective over the tiles, before this step's change. */
  readonly objective: number;
  readonly ms: number;
}

interface DreamPlan {
  readonly sizes: readonly Size[];
  readonly steps: number;
}

/**
 * The octaves of a dream over a picture of the size `full`.
 *
 * @param smallest shorter side in pixels under which the network's layers vanish
 * @throws ReverieError `image/size` when even the full size is too small
 */
export function planDream(
  full: Size,
  options: Pick<DreamOptions, 'octaves' | 'octaveScale' | 'steps'>,
  smallest: number,
): DreamPlan {
  const sizes = octaveSizes(full, options.octaves, options.octaveScale, smallest);
  if (sizes.length === 0) {
    throw new ReverieError(
      'image/size',
      `A picture of ${full.width}×${full.height} pixels is too small for this layer, which needs at least ${smallest} pixels on the shorter side; choose a larger size or an earlier layer.`,
    );
  }
  return { sizes, steps: sizes.length * options.steps };
}

/**
 * Dreams on `source`, which already has the final size. Every yielded step can be gone on from; its picture is a live
 * buffer, valid until the next step is asked for.
 */
export async function* dream(
  ascent: Ascent,
  source: Pixels,
  plan: DreamPlan,
  options: DreamOptions,
  start?: DreamState,
): AsyncGenerator<DreamStep, void, undefined> {
  const tiling = options.tiling ?? new Tiling(options.tile, 1);
  const firstOctave = Math.min(start?.octave ?? 1, plan.sizes.length);
  let detail: Pixels | undefined;
  for (const [index, { width, height }] of plan.sizes.entries()) {
    const octave = index + 1;
    if (octave < firstOctave) continue;
    const resumed = octave === firstOctave ? start : undefined;
    const last = octave === plan.sizes.length;
    const begin = resumed?.picture ?? source;
    const ready = begin.width === width && begin.height === height;
    const picture = last && ready && options.inPlace ? begin : resize(begin, width, height);
    if (resumed === undefined && detail !== undefined) addDetail(picture, detail);
    detail = undefined;
    const gradient = new RetryingGradient(ascent, { width, height }, tiling);
    const normaliser = new GradientNormaliser(options.normalise);
    const mask = options.mask === undefined ? undefined : resize(options.mask, width, height, 'linear');
    const done =
      resumed === undefined ? 0 : Math.min(Math.max(resumed.step - index * options.steps, 0), options.steps);
    try {
      for (let i = done; i < options.steps; i++) {
        const started = performance.now();
        const step = index * options.steps + i + 1;
        const cut = (tiles: TilePlan): [number, number] => shift(tiles, { width, height }, options, step);
        const found = await gradient.at(picture, step, cut);
        const factor = normaliser.prepare(found.gradient);
        ascend(picture, found.gradient, factor, options.rate / 255, mask);
        const ms = performance.now() - started;
        yield {
          octave,
          step,
          picture,
          of: plan.steps,
          octaves: plan.sizes.length,
          objective: found.value,
          ms,
        };
      }
    } finally {
      await gradient.release();
    }
    // The base is made again rather than kept through the steps.
    if (!last) detail = subtract(picture, resize(source, width, height));
  }
}

/** With one tile the published jitter; with several any shift, so that the cuts fall everywhere alike. */
function shift(
  plan: TilePlan,
  { width, height }: Size,
  { jitter, seed }: DreamOptions,
  step: number,
): [number, number] {
  const next = random(seed, step);
  const along = (tiles: number, size: number): number =>
    tiles > 1 ? uniformInteger(next, 0, size - 1) : uniformInteger(next, -jitter, jitter);
  return [along(plan.columns, width), along(plan.rows, height)];
}

/** picture + enlarged detail, kept within [0, 1]; in place. At print size every copy counts: some rows of it are enough. */
function addDetail(picture: Pixels, detail: Pixels): void {
  const { width, height } = picture;
  const enlarge = rowResizer(detail, picture);
  const enlarged = new Float32Array(STRIP * width);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y += STRIP) {
      const end = Math.min(y + STRIP, height);
      enlarge(planeOf(detail, c), enlarged, y, end);
      const rows = planeOf(picture, c).subarray(y * width, end * width);
      for (let i = 0; i < rows.length; i++)
        rows[i] = Math.min(Math.max((rows[i] ?? 0) + (enlarged[i] ?? 0), 0), 1);
    }
  }
}

/** What was added to the base; written into the base. */
function subtract(picture: Pixels, base: Pixels): Pixels {
  for (let i = 0; i < base.data.length; i++) base.data[i] = (picture.data[i] ?? 0) - (base.data[i] ?? 0);
  return base;
}

/** picture + rate·mask·(factor·gradient), kept within [0, 1]; in place. */
function ascend(
  picture: Pixels,
  gradient: Pixels,
  factor: number,
  rate: number,
  mask: Pixels | undefined,
): void {
  const [x, g, m] = [picture.data, gradient.data, mask?.data];
  if (m === undefined)
    for (let i = 0; i < x.length; i++) {
      const step = rate * Math.fround((g[i] ?? 0) * factor);
      x[i] = Math.min(Math.max((x[i] ?? 0) + step, 0), 1);
    }
  else
    for (let i = 0; i < x.length; i++) {
      const step = rate * Math.fround((g[i] ?? 0) * factor) * (m[i] ?? 0);
      x[i] = Math.min(Math.max((x[i] ?? 0) + step, 0), 1);
    }
}
