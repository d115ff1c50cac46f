/** Gaussian blur of planes with its adjoint. At the edges the weights that lie inside are brought to a sum of 1. */

export class Blur {
  readonly #taps: Float64Array;
  readonly #side: number;
  /** 1 over the sum of the weights inside, for each place along a side. */
  readonly #norm: Float64Array;

  /** @param sigma in pixels, above 0 */
  constructor(side: number, sigma: number) {
    const radius = Math.min(Math.ceil(3 * sigma), side - 1);
    const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
      Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
    );
    const total = weights.reduce((a, b) => a + b, 0);
    this.#taps = weights.map((weight) => weight / total);
    this.#side = side;
    this.#norm = Float64Array.from({ length: side }, (_, at) => {
      let sum = 0;
      this.#taps.forEach((weight, i) => {
        const place = at + i - radius;
        if (place >= 0 && place < side) sum += weight;
      });
      return 1 / sum;
    });
  }

  apply(planes: Float32Array): Float32Array {
    return this.#along(this.#along(planes, 1, false), this.#side, false);
  }

  applyAdjoint(planes: Float32Array): Float32Array {
    return this.#along(this.#along(planes, this.#side, true), 1, true);
  }

  /** Along rows (`stride` 1) or columns (`stride` side). The taps are symmetric, so the adjoint only divides before it sums. */
  #along(planes: Float32Array, stride: number, adjoint: boolean): Float32Array {
    const out = new Float32Array(planes.length);
    const [side, taps, norm] = [this.#side, this.#taps, this.#norm];
    const radius = (taps.length - 1) / 2;
    for (let i = 0; i < planes.length; i++) {
      const at = Math.floor(i / stride) % side;
      const low = Math.max(-radius, -at);
      const high = Math.min(radius, side - 1 - at);
      let sum = 0;
      for (let d = low; d <= high; d++) {
        const value = planes[i + d * stride] ?? 0;
        sum += (taps[d + radius] ?? 0) * (adjoint ? value * (norm[at + d] ?? 0) : value);
      }
      out[i] = adjoint ? sum : sum * (norm[at] ?? 0);
    }
    return out;
  }
}
