/** Makes the size of a gradient step independent of the network: the published ways. */
import type { Pixels } from '../imaging/pixels.ts';
import { coarserPictures, putTogether, takeApart } from './pyramid.ts';

/** `mean`: g/mean|g|; `deviation`: g/std(g); `laplacian`: every band of its pyramid by its own size. */
export type Normaliser = 'mean' | 'deviation' | 'laplacian';

/** Keeps a division finite where a gradient vanishes. */
const EPSILON = 1e-10;

/** Splits of the pyramid (TensorFlow's Deep Dream tutorial). */
const LEVELS = 4;

/** Normalises gradients of one size after another; what it computes with is kept from one to the next. */
export class GradientNormaliser {
  readonly #by: Normaliser;
  #coarser:
    { readonly width: number; readonly height: number; readonly pictures: readonly Pixels[] } | undefined;

  constructor(by: Normaliser) {
    this.#by = by;
  }

  /** Prepares a gradient, in place. @returns the factor that its samples are still to be multiplied by, each rounded to float32 */
  prepare(gradient: Pixels): number {
    if (this.#by === 'mean') return byMean(sizesOf(gradient.data), gradient.data.length);
    if (this.#by === 'deviation') return byDeviation(gradient.data);
    return this.#byBand(gradient);
  }

  /**
   * Every band divided by its root mean square, so that coarse shapes grow as fast as fine ones (TensorFlow's tutorial); then
   * by the mean, so that a rate means the same with every normaliser.
   */
  #byBand(gradient: Pixels): number {
    const pyramid = takeApart(gradient, this.#coarserFor(gradient));
    const factors = pyramid.bands.map(
      ({ data }, i) => 1 / Math.max(Math.sqrt((pyramid.squares[i] ?? 0) / data.length), EPSILON),
    );
    return byMean(putTogether(pyramid, factors), gradient.data.length);
  }

  #coarserFor({ width, height }: Pixels): readonly Pixels[] {
    if (this.#coarser?.width !== width || this.#coarser.height !== height)
      this.#coarser = { width, height, pictures: coarserPictures({ width, height }, LEVELS) };
    return this.#coarser.pictures;
  }
}

/** 1 / mean|g| (google/deepdream): with a rate of r the mean absolute change is r. */
const byMean = (sizes: number, count: number): number => count / (sizes + EPSILON);

function sizesOf(data: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += Math.abs(data[i] ?? 0);
  return sum;
}

/** 1 / std(g), as TensorFlow's tutorials do. */
function byDeviation(data: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? 0;
    sum += value;
    squares += value * value;
  }
  const mean = sum / data.length;
  return 1 / (Math.sqrt(Math.max(squares / data.length - mean * mean, 0)) + EPSILON);
}
