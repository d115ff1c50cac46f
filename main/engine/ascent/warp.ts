/**
 * A batch of pictures seen through an affine or projective map: bilinear samples, grey beyond the edges. For a given map this is linear (plus
 * the constant grey), and its adjoint is exact: the same taps, scattered instead of gathered.
 */
import type { Affine, Projective } from './affine.ts';

/** What lies around a picture (lucid's padding). */
export const BACKGROUND = 0.5;

interface Extent {
  readonly width: number;
  readonly height: number;
}

export class Warp {
  readonly #from: number;
  readonly #to: number;
  /** Four places and weights per pixel of the view. */
  readonly #places: Int32Array;
  readonly #weights: Float32Array;
  /** What a pixel has of the background. */
  readonly #rest: Float32Array;
  readonly #picture: Extent;
  readonly #view: Extent;
  readonly #background: number;

  /** From pictures of one size to views of another, with `background` around them. The map is set by {@link look}. */
  constructor(picture: Extent, view: Extent, background = BACKGROUND) {
    this.#background = background;
    this.#picture = picture;
    this.#view = view;
    this.#from = picture.width * picture.height;
    this.#to = view.width * view.height;
    this.#places = new Int32Array(4 * this.#to);
    this.#weights = new Float32Array(4 * this.#to);
    this.#rest = new Float32Array(this.#to);
  }

  /** Takes a map from pixels of the view to pixels of the picture, both counted from the first pixel's centre. */
  look(map: Affine | Projective): this {
    const [wu, wv] = 'wu' in map ? [map.wu, map.wv] : [0, 0];
    const { width, height } = this.#picture;
    const places = this.#places;
    const weights = this.#weights;
    for (let v = 0, i = 0; v < this.#view.height; v++) {
      for (let u = 0; u < this.#view.width; u++, i++) {
        const depth = 1 + wu * u + wv * v;
        const x = (map.xu * u + map.xv * v + map.x) / depth;
        const y = (map.yu * u + map.yv * v + map.y) / depth;
        const left = Math.floor(x);
        const top = Math.floor(y);
        const fx = x - left;
        const fy = y - top;
        // A corner beyond an edge weighs nothing, wherever it is said to be.
        const west = left >= 0 && left < width ? 1 - fx : 0;
        const east = left >= -1 && left < width - 1 ? fx : 0;
        const north = top >= 0 && top < height ? 1 - fy : 0;
        const south = top >= -1 && top < height - 1 ? fy : 0;
        const columnWest = west === 0 ? 0 : left;
        const columnEast = east === 0 ? 0 : left + 1;
        const rowNorth = north === 0 ? 0 : top * width;
        const rowSouth = south === 0 ? 0 : (top + 1) * width;
        const t = 4 * i;
        places[t] = rowNorth + columnWest;
        places[t + 1] = rowNorth + columnEast;
        places[t + 2] = rowSouth + columnWest;
        places[t + 3] = rowSouth + columnEast;
        weights[t] = north * west;
        weights[t + 1] = north * east;
        weights[t + 2] = south * west;
        weights[t + 3] = south * east;
        this.#rest[i] = this.#background * (1 - (north + south) * (west + east));
      }
    }
    return this;
  }

  /** The view of the three planes that begin at `at`, written from `to` on. */
  apply(pictures: Float32Array, at: number, views: Float32Array, to: number): void {
    const places = this.#places;
    const weights = this.#weights;
    const size = this.#from;
    const viewed = this.#to;
    for (let i = 0, t = 0; i < viewed; i++, t += 4) {
      const rest = this.#rest[i] ?? 0;
      let red = rest;
      let green = rest;
      let blue = rest;
      for (let tap = t; tap < t + 4; tap++) {
        const weight = weights[tap] ?? 0;
        const place = at + (places[tap] ?? 0);
        red += weight * (pictures[place] ?? 0);
        green += weight * (pictures[place + size] ?? 0);
        blue += weight * (pictures[place + 2 * size] ?? 0);
      }
      views[to + i] = red;
      views[to + viewed + i] = green;
      views[to + 2 * viewed + i] = blue;
    }
  }

  /** Adds what the gradient of the view at `at` means for the picture at `to`. */
  applyAdjoint(views: Float32Array, at: number, pictures: Float32Array, to: number): void {
    const places = this.#places;
    const weights = this.#weights;
    const size = this.#from;
    const viewed = this.#to;
    for (let i = 0, t = 0; i < viewed; i++, t += 4) {
      const red = views[at + i] ?? 0;
      const green = views[at + viewed + i] ?? 0;
      const blue = views[at + 2 * viewed + i] ?? 0;
      for (let tap = t; tap < t + 4; tap++) {
        const weight = weights[tap] ?? 0;
        const place = to + (places[tap] ?? 0);
        pictures[place] = (pictures[place] ?? 0) + weight * red;
        pictures[place + size] = (pictures[place + size] ?? 0) + weight * green;
        pictures[place + 2 * size] = (pictures[place + 2 * size] ?? 0) + weight * blue;
      }
    }
  }
}
