/**
 * One sample of the transforms, applied to a picture: print, camera, light, lens, sensor, file. The gradient comes back through
 * exact adjoints, with two exceptions: where a sample is clipped to [0, 1] none passes, and through JPEG it passes as
 * if the file had kept every level (the straight-through estimate of Bengio et al. 2013).
 */
import { Warp } from '../../ascent/warp.ts';
import { decodeImage, encodeJpeg } from '../../imaging/codec.ts';
import { pixelsFrom, type Size } from '../../imaging/pixels.ts';
import { Blur } from './blur.ts';
import type { TransformSample } from './distribution.ts';

interface Transformed {
  readonly picture: Float32Array;
  /** From a gradient with respect to `picture` to one with respect to what went in; once, before the next transform. */
  readonly adjoint: (gradient: Float32Array) => Float32Array;
}

/** For pictures of one size. */
export class Transformer {
  readonly #size: Size;
  readonly #warp: Warp;

  constructor(size: Size) {
    this.#size = size;
    this.#warp = new Warp(size, size);
  }

  /** Leaves `picture` alone; with nothing drawn it is returned itself. */
  async apply(
    picture: Float32Array,
    { camera, colour, blur, noise, quality }: TransformSample,
  ): Promise<Transformed> {
    const backwards: ((gradient: Float32Array) => Float32Array)[] = [];
    let x = picture;
    if (camera !== null) {
      const warp = this.#warp.look(camera);
      const seen = new Float32Array(x.length);
      warp.apply(x, 0, seen, 0);
      x = seen;
      backwards.push((gradient) => {
        const out = new Float32Array(gradient.length);
        warp.applyAdjoint(gradient, 0, out, 0);
        return out;
      });
    }
    if (colour !== null) {
      const { matrix, offset } = colour;
      x = recolour(x, matrix, offset);
      backwards.push((gradient) => recolour(gradient, transposed(matrix), 0));
    }
    if (blur > 0.1) {
      const lens = new Blur(this.#size, blur);
      x = lens.apply(x);
      backwards.push((gradient) => lens.applyAdjoint(gradient));
    }
    if (noise !== null) x = plus(x, noise);
    if (x !== picture) {
      const before = x;
      x = clipped(before);
      backwards.push((gradient) => throughClip(gradient, before));
    }
    if (quality !== null) x = await this.#compressed(x, quality);
    return {
      picture: x,
      adjoint: (gradient) => backwards.reduceRight((g, step) => step(g), gradient),
    };
  }

  async #compressed(x: Float32Array, quality: number): Promise<Float32Array> {
    const { width, height } = this.#size;
    const bytes = await encodeJpeg(pixelsFrom(width, height, x), { quality });
    return (await decodeImage(bytes)).pixels.data;
  }
}

function plus(x: Float32Array, noise: Float32Array): Float32Array {
  const out = new Float32Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = (x[i] ?? 0) + (noise[i] ?? 0);
  return out;
}

function clipped(x: Float32Array): Float32Array {
  const out = new Float32Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.min(Math.max(x[i] ?? 0, 0), 1);
  return out;
}

/** The gradient is zero where a sample was clipped. */
function throughClip(gradient: Float32Array, x: Float32Array): Float32Array {
  const out = new Float32Array(gradient.length);
  for (let i = 0; i < out.length; i++) {
    const value = x[i] ?? 0;
    if (value >= 0 && value <= 1) out[i] = gradient[i] ?? 0;
  }
  return out;
}

function recolour(x: Float32Array, matrix: readonly number[], offset: number): Float32Array {
  const plane = x.length / 3;
  const out = new Float32Array(x.length);
  for (let c = 0; c < 3; c++) {
    const [fromRed = 0, fromGreen = 0, fromBlue = 0] = matrix.slice(3 * c);
    const to = c * plane;
    for (let i = 0; i < plane; i++) {
      const [r, g, b] = [x[i] ?? 0, x[plane + i] ?? 0, x[2 * plane + i] ?? 0];
      out[to + i] = fromRed * r + fromGreen * g + fromBlue * b + offset;
    }
  }
  return out;
}

const transposed = (matrix: readonly number[]): number[] =>
  matrix.map((_, i) => matrix[3 * (i % 3) + Math.floor(i / 3)] ?? 0);
