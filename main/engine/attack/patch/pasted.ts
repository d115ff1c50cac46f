/**
 * A patch on a picture: out = (1 − Wα)·picture + W(α·patch), where W is bilinear. Of the patch this is linear (plus the picture),
 * and its adjoint is exact: α·Wᵀ. Where Wα is 0 the picture stays as it is, bit by bit.
 */
import { chain, shift } from '../../ascent/affine.ts';
import { Warp } from '../../ascent/warp.ts';
import { boxOf, mapOf, type Box, type Extent, type Placement } from './placement.ts';

/** What of a rectangle belongs to the patch. */
export interface PatchShape extends Extent {
  /** 0 to 1 for each pixel, row by row. */
  readonly alpha: Float32Array;
}

export class Pasted {
  /** Outside of it nothing changes. */
  readonly box: Box;
  readonly #shape: PatchShape;
  readonly #canvas: Extent;
  readonly #warp: Warp;
  /** Wα, over the box. */
  readonly #cover: Float32Array;
  readonly #area: number;

  constructor(shape: PatchShape, placement: Placement, canvas: Extent) {
    const box = boxOf(placement, shape, canvas);
    const inside = { width: box.right - box.left, height: box.bottom - box.top };
    this.box = box;
    this.#shape = shape;
    this.#canvas = canvas;
    this.#area = inside.width * inside.height;
    this.#warp = new Warp(shape, inside, 0).look(chain(shift(box.left, box.top), mapOf(placement, shape)));
    const planes = new Float32Array(3 * this.#area);
    const { alpha } = shape;
    this.#warp.apply(tripled(alpha), 0, planes, 0);
    this.#cover = planes.subarray(0, this.#area);
  }

  /**
   * @param patch planes of the patch's size
   * @param picture planes of the canvas's size, left alone
   */
  over(patch: Float32Array, picture: Float32Array): Float32Array {
    const { alpha } = this.#shape;
    const weighted = new Float32Array(patch.length);
    for (let i = 0; i < weighted.length; i++) weighted[i] = (alpha[i % alpha.length] ?? 0) * (patch[i] ?? 0);
    const warped = new Float32Array(3 * this.#area);
    this.#warp.apply(weighted, 0, warped, 0);
    const out = picture.slice();
    this.#each((at, i, cover) => {
      out[at] = (1 - cover) * (picture[at] ?? 0) + (warped[i] ?? 0);
    });
    return out;
  }

  /** From a gradient with respect to what `over` gives to one with respect to the patch. */
  adjoint(gradient: Float32Array): Float32Array {
    const { alpha, width, height } = this.#shape;
    const part = new Float32Array(3 * this.#area);
    this.#each((at, i) => {
      part[i] = gradient[at] ?? 0;
    });
    const out = new Float32Array(3 * width * height);
    this.#warp.applyAdjoint(part, 0, out, 0);
    for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? 0) * (alpha[i % alpha.length] ?? 0);
    return out;
  }

  /** All samples that the patch covers at all: their places on the canvas and in the box. */
  #each(visit: (at: number, i: number, cover: number) => void): void {
    const { left, top, right } = this.box;
    const width = right - left;
    const plane = this.#canvas.width * this.#canvas.height;
    for (let i = 0; i < this.#area; i++) {
      const cover = this.#cover[i] ?? 0;
      if (cover === 0) continue;
      const at = (top + Math.floor(i / width)) * this.#canvas.width + left + (i % width);
      for (let c = 0; c < 3; c++) visit(c * plane + at, c * this.#area + i, cover);
    }
  }
}

function tripled(plane: Float32Array): Float32Array {
  const out = new Float32Array(3 * plane.length);
  for (let c = 0; c < 3; c++) out.set(plane, c * plane.length);
  return out;
}
