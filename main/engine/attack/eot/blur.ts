/** Gaussian blur of planes with its adjoint. At the edges the weights that lie inside are brought to a sum of 1. */
import type { Size } from '../../imaging/pixels.ts';

export class Blur {
  readonly #taps: Float64Array;
  readonly #size: Size;
  /** 1 over the sum of the weights inside, for each place along a row, and along a column. */
  readonly #across: Float64Array;
  readonly #down: Float64Array;

  /** @param sigma in pixels, above 0 */
  constructor(size: Size, sigma: number) {
    const radius = Math.min(Math.ceil(3 * sigma), Math.max(size.width, size.height) - 1);
    const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
      Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
    );
    const total = weights.reduce((a, b) => a + b, 0);
    this.#taps = weights.map((weight) => weight / total);
    this.#size = size;
    this.#across = this.#norm(size.width);
    this.#down = size.height === size.width ? this.#across : this.#norm(size.height);
  }

  #norm(length: number): Float64Array {
    const radius = (this.#taps.length - 1) / 2;
    return Float64Array.from({ length }, (_, at) => {
      let sum = 0;
      this.#taps.forEach((weight, i) => {
        const place = at + i - radius;
        if (place >= 0 && place < length) sum += weight;
      });
      return 1 / sum;
    });
  }

  apply(planes: Float32Array): Float32Array {
    return this.#alongColumns(this.#alongRows(planes, false), false);
  }

  applyAdjoint(planes: Float32Array): Float32Array {
    return this.#alongRows(this.#alongColumns(planes, true), true);
  }

  /** The taps are symmetric, so the adjoint only divides before it sums. */
  #alongRows(planes: Float32Array, adjoint: boolean): Float32Array {
    const out = new Float32Array(planes.length);
    const [{ width }, taps, norm] = [this.#size, this.#taps, this.#across];
    const radius = (taps.length - 1) / 2;
    const line = new Float64Array(width);
    for (let row = 0; row < planes.length; row += width) {
      for (let x = 0; x < width; x++) line[x] = (planes[row + x] ?? 0) * (adjoint ? (norm[x] ?? 0) : 1);
      for (let x = 0; x < width; x++) {
        const [first, last] = [Math.max(-radius, -x), Math.min(radius, width - 1 - x)];
        let sum = 0;
        for (let d = first; d <= last; d++) sum += (taps[d + radius] ?? 0) * (line[x + d] ?? 0);
        out[row + x] = adjoint ? sum : sum * (norm[x] ?? 0);
      }
    }
    return out;
  }

  /** Row by row, as memory lies. */
  #alongColumns(planes: Float32Array, adjoint: boolean): Float32Array {
    const out = new Float32Array(planes.length);
    const [{ width, height }, taps, norm] = [this.#size, this.#taps, this.#down];
    const radius = (taps.length - 1) / 2;
    const sums = new Float64Array(width);
    for (let plane = 0; plane < planes.length; plane += width * height) {
      for (let y = 0; y < height; y++) {
        sums.fill(0);
        const [first, last] = [Math.max(-radius, -y), Math.min(radius, height - 1 - y)];
        for (let d = first; d <= last; d++) {
          const weight = (taps[d + radius] ?? 0) * (adjoint ? (norm[y + d] ?? 0) : 1);
          const from = plane + (y + d) * width;
          for (let x = 0; x < width; x++) sums[x] = (sums[x] ?? 0) + weight * (planes[from + x] ?? 0);
        }
        const share = adjoint ? 1 : (norm[y] ?? 0);
        for (let x = 0; x < width; x++) out[plane + y * width + x] = (sums[x] ?? 0) * share;
      }
    }
    return out;
  }
}
