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
    return this.#down(this.#across(planes, false), false);
  }

  applyAdjoint(planes: Float32Array): Float32Array {
    return this.#across(this.#down(planes, true), true);
  }

  /** Along rows. The taps are symmetric, so the adjoint only divides before it sums. */
  #across(planes: Float32Array, adjoint: boolean): Float32Array {
    const out = new Float32Array(planes.length);
    const [side, taps, norm] = [this.#side, this.#taps, this.#norm];
    const radius = (taps.length - 1) / 2;
    const line = new Float64Array(side);
    for (let row = 0; row < planes.length; row += side) {
      for (let x = 0; x < side; x++) line[x] = (planes[row + x] ?? 0) * (adjoint ? (norm[x] ?? 0) : 1);
      for (let x = 0; x < side; x++) {
        const [first, last] = [Math.max(-radius, -x), Math.min(radius, side - 1 - x)];
        let sum = 0;
        for (let d = first; d <= last; d++) sum += (taps[d + radius] ?? 0) * (line[x + d] ?? 0);
        out[row + x] = adjoint ? sum : sum * (norm[x] ?? 0);
      }
    }
    return out;
  }

  /** Along columns, but row by row, as memory lies. */
  #down(planes: Float32Array, adjoint: boolean): Float32Array {
    const out = new Float32Array(planes.length);
    const [side, taps, norm] = [this.#side, this.#taps, this.#norm];
    const radius = (taps.length - 1) / 2;
    const sums = new Float64Array(side);
    for (let plane = 0; plane < planes.length; plane += side * side) {
      for (let y = 0; y < side; y++) {
        sums.fill(0);
        const [first, last] = [Math.max(-radius, -y), Math.min(radius, side - 1 - y)];
        for (let d = first; d <= last; d++) {
          const weight = (taps[d + radius] ?? 0) * (adjoint ? (norm[y + d] ?? 0) : 1);
          const from = plane + (y + d) * side;
          for (let x = 0; x < side; x++) sums[x] = (sums[x] ?? 0) + weight * (planes[from + x] ?? 0);
        }
        const share = adjoint ? 1 : (norm[y] ?? 0);
        for (let x = 0; x < side; x++) out[plane + y * side + x] = (sums[x] ?? 0) * share;
      }
    }
    return out;
  }
}
