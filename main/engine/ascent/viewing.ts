/**
 * How the network sees the images of a step: each through one or several random transforms, all drawn from the seed and the
 * step's number, the same for the whole batch. Views are linear in the images, and gradients come back by the exact adjoint.
 */
import type { Affine } from './affine.ts';
import { normal, random, type Random } from './random.ts';
import { centred, drawTransform, VIEW_MARGIN } from './transforms.ts';
import { Warp } from './warp.ts';

interface Extent {
  readonly width: number;
  readonly height: number;
}

/** A way of looking at images of one size. */
export interface Viewing {
  readonly view: Extent;
  /** Views of each image in a step. */
  readonly count: number;
  /** The maps of a step, `count` of them, from pixels of a view to pixels of the image. */
  draw(next: Random, step: number): Affine[];
  /** Deviation of the normal noise and half the width of the uniform noise that a view gets on top, in [0, 1]; none if 0. */
  readonly noise: { readonly normal: number; readonly uniform: number };
}

const SILENT = { normal: 0, uniform: 0 };

/** lucid's transforms, or none; an image is shown `magnification` times as large as it is. */
export function transformed(image: Extent, magnification: number, transforms: boolean): Viewing {
  const margin = transforms ? VIEW_MARGIN : 0;
  const side = (length: number): number => Math.round((length + margin) * magnification);
  const view = { width: side(image.width), height: side(image.height) };
  return {
    view,
    count: 1,
    draw: (next) => [centred(image, view, magnification, transforms ? drawTransform(next) : undefined)],
    noise: SILENT,
  };
}

/** Where the crops of MACO lie and how large they are, as shares of the image (xplique). */
const CROPS = { centre: 0.5, spread: 0.15, first: 0.5, last: 0.05, deviation: 0.05, least: 0.05 };
/** In [−1, 1] xplique adds a normal deviation of 0.08 and ±0.04. */
const CROP_NOISE = { normal: 0.04, uniform: 0.02 };

/** MACO's crops: square, of half the image in the first step, ever smaller, enlarged to the view. */
export function crops(image: Extent, side: number, count: number, steps: number): Viewing {
  const view = { width: side, height: side };
  return {
    view,
    count,
    noise: CROP_NOISE,
    draw: (next, step) =>
      Array.from({ length: count }, () => {
        const base = CROPS.first + ((CROPS.last - CROPS.first) * (step - 1)) / Math.max(steps - 1, 1);
        const share = Math.min(Math.max(base + CROPS.deviation * normal(next), CROPS.least), 1);
        const away = (length: number): number => {
          const room = (1 - share) / 2;
          return Math.min(Math.max(CROPS.spread * normal(next), -room), room) * length;
        };
        const [x, y] = [away(image.width), away(image.height)];
        const magnification = side / (share * Math.min(image.width, image.height));
        return centred(image, view, magnification, { xu: 1, xv: 0, x, yu: 0, yv: 1, y });
      }),
  };
}

/** Makes the views of a batch, and takes their gradients back. */
export class Viewer {
  /** [images·count, 3, height, width], the views of an image together; overwritten by every step. */
  readonly views: Float32Array;
  /** [images, 3, H, W], overwritten by {@link pull}. */
  readonly gradient: Float32Array;
  readonly #viewing: Viewing;
  readonly #warps: readonly Warp[];
  readonly #images: number;
  readonly #ofImage: number;
  readonly #ofView: number;

  constructor(image: Extent, images: number, viewing: Viewing) {
    this.#viewing = viewing;
    this.#images = images;
    this.#ofImage = 3 * image.width * image.height;
    this.#ofView = 3 * viewing.view.width * viewing.view.height;
    this.#warps = Array.from({ length: viewing.count }, () => new Warp(image, viewing.view));
    this.views = new Float32Array(images * viewing.count * this.#ofView);
    this.gradient = new Float32Array(images * this.#ofImage);
  }

  /** Draws a step's transforms and shows the images through them. */
  look(images: Float32Array, seed: number, step: number): void {
    const next = random(seed, step);
    const { count, noise } = this.#viewing;
    const maps = this.#viewing.draw(next, step);
    maps.forEach((map, k) => this.#warps[k]?.look(map));
    for (let i = 0; i < this.#images; i++) {
      this.#warps.forEach((warp, k) => {
        warp.apply(images, i * this.#ofImage, this.views, (i * count + k) * this.#ofView);
      });
    }
    if (noise.normal === 0 && noise.uniform === 0) return;
    // Every image of the batch gets the same noise.
    for (let j = 0; j < count * this.#ofView; j++) {
      const by = noise.normal * normal(next) + noise.uniform * (2 * next() - 1);
      for (let k = j; k < this.views.length; k += count * this.#ofView)
        this.views[k] = (this.views[k] ?? 0) + by;
    }
  }

  /** Takes a gradient of the views of the last {@link look} back to the images, averaged over an image's views. */
  pull(ofViews: Float32Array): void {
    const { count } = this.#viewing;
    this.gradient.fill(0);
    for (let i = 0; i < this.#images; i++) {
      this.#warps.forEach((warp, k) => {
        warp.applyAdjoint(ofViews, (i * count + k) * this.#ofView, this.gradient, i * this.#ofImage);
      });
    }
    if (count > 1)
      for (let i = 0; i < this.gradient.length; i++) this.gradient[i] = (this.gradient[i] ?? 0) / count;
  }
}
