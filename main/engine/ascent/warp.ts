/**
 * A batch of pictures seen through an affine map: bilinear samples, grey beyond the edges. For a given map this is linear (plus
 * the constant grey), and its adjoint is exact: the same taps, scattered instead of gathered.
 */
import type { Affine } from './affine.ts';

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

  /** From pictures of one size to views of another. The map is set by {@link look}. */
  constructor(picture: Extent, view: Extent) {
    this.#picture = picture;
    this.#view = view;
    this.#from = picture.width * picture.height;
    this.#to = view.width * view.height;
    this.#places = new Int32Array(4 * this.#to);
    this.#weights = new Float32Array(4 * this.#to);
    this.#rest = new Float32Array(this.#to);
  }

  /** Takes a map from pixels of the view to pixels of the picture, both counted from the first pixel's centre. */
  look(map: Affine): this {
    const { width, height } = this.#picture;
    for (let v = 0, i = 0; v < this.#view.height; v++) {
      for (let u = 0; u < this.#view.width; u++, i++) {
        const x = map.xu * u + map.xv * v + map.x;
        const y = map.yu * u + map.yv * v + map.y;
        const [left, top] = [Math.floor(x), Math.floor(y)];
        const [fx, fy] = [x - left, y - top];
        let inside = 0;
        for (let corner = 0; corner < 4; corner++) {
          const [px, py] = [left + (corner & 1), top + (corner >> 1)];
          const within = px >= 0 && py >= 0 && px < width && py < height;
          const weight = within ? (corner & 1 ? fx : 1 - fx) * (corner >> 1 ? fy : 1 - fy) : 0;
          this.#places[4 * i + corner] = within ? py * width + px : 0;
          this.#weights[4 * i + corner] = weight;
          inside += weight;
        }
        this.#rest[i] = BACKGROUND * (1 - inside);
      }
    }
    return this;
  }

  /** Views of `planes` planes that begin at `at`, written from `to` on. */
  apply(pictures: Float32Array, at: number, views: Float32Array, to: number, planes: number): void {
    const [places, weights] = [this.#places, this.#weights];
    for (let p = 0; p < planes; p++) {
      const from = at + p * this.#from;
      const into = to + p * this.#to;
      for (let i = 0, t = 0; i < this.#to; i++, t += 4) {
        views[into + i] =
          (this.#rest[i] ?? 0) +
          (weights[t] ?? 0) * (pictures[from + (places[t] ?? 0)] ?? 0) +
          (weights[t + 1] ?? 0) * (pictures[from + (places[t + 1] ?? 0)] ?? 0) +
          (weights[t + 2] ?? 0) * (pictures[from + (places[t + 2] ?? 0)] ?? 0) +
          (weights[t + 3] ?? 0) * (pictures[from + (places[t + 3] ?? 0)] ?? 0);
      }
    }
  }

  /** Adds what the gradient of `planes` planes of views from `at` on means for the pictures from `to` on. */
  applyAdjoint(views: Float32Array, at: number, pictures: Float32Array, to: number, planes: number): void {
    const [places, weights] = [this.#places, this.#weights];
    for (let p = 0; p < planes; p++) {
      const from = at + p * this.#to;
      const into = to + p * this.#from;
      for (let i = 0, t = 0; i < this.#to; i++, t += 4) {
        const value = views[from + i] ?? 0;
        for (let tap = t; tap < t + 4; tap++) {
          const place = into + (places[tap] ?? 0);
          pictures[place] = (pictures[place] ?? 0) + (weights[tap] ?? 0) * value;
        }
      }
    }
  }
}
