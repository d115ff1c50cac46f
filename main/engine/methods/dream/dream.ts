/**
 * Deep Dream (Mordvintsev et al. 2015): gradient ascent on the picture itself, from coarse octaves to fine ones. What an
 * octave added to the picture, its detail, is enlarged and carried over to the next.
 */
import { ReverieError } from '../../../../shared/errors.ts';
import { normalise, type Normaliser } from '../../ascent/normaliser.ts';
import { random, uniformInteger } from '../../ascent/random.ts';
import type { Pixels, Size } from '../../imaging/pixels.ts';
import { resize } from '../../imaging/resample.ts';
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
    const picture = resize(resumed?.picture ?? source, width, height);
    if (resumed === undefined && detail !== undefined) addDetail(picture, detail);
    const gradient = new RetryingGradient(ascent, { width, height }, tiling);
    const mask = options.mask === undefined ? undefined : resize(options.mask, width, height, 'linear');
    const done =
      resumed === undefined ? 0 : Math.min(Math.max(resumed.step - index * options.steps, 0), options.steps);
    try {
      for (let i = done; i < options.steps; i++) {
        const started = performance.now();
        const step = index * options.steps + i + 1;
        const cut = (tiles: TilePlan): [number, number] => shift(tiles, { width, height }, options, step);
        const found = await gradient.at(picture, step, cut);
        normalise(found.gradient, options.normalise);
        ascend(picture, found.gradient, options.rate / 255, mask);
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
    // At print size every copy counts: the base is made again rather than kept through the steps.
    if (octave < plan.sizes.length) detail = subtract(picture, resize(source, width, height));
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

/** picture + enlarged detail, kept within [0, 1]; in place. */
function addDetail({ width, height, data }: Pixels, detail: Pixels): void {
  const enlarged = resize(detail, width, height).data;
  for (let i = 0; i < data.length; i++)
    data[i] = Math.min(Math.max((data[i] ?? 0) + (enlarged[i] ?? 0), 0), 1);
}

/** What was added to the base; written into the base. */
function subtract(picture: Pixels, base: Pixels): Pixels {
  for (let i = 0; i < base.data.length; i++) base.data[i] = (picture.data[i] ?? 0) - (base.data[i] ?? 0);
  return base;
}

/** picture + rate·mask·gradient, kept within [0, 1]; in place. */
function ascend(picture: Pixels, gradient: Pixels, rate: number, mask: Pixels | undefined): void {
  const [x, g, m] = [picture.data, gradient.data, mask?.data];
  for (let i = 0; i < x.length; i++) {
    const step = rate * (g[i] ?? 0) * (m?.[i] ?? 1);
    x[i] = Math.min(Math.max((x[i] ?? 0) + step, 0), 1);
  }
}
