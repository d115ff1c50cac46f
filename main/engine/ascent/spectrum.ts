/**
 * Real planes from half spectra and the adjoint of that map. A half spectrum holds the columns 0…⌊W/2⌋ of a H×W spectrum, the
 * others being their conjugates; its numbers are interleaved (re, im), row-major: 2·H·(⌊W/2⌋+1) of them.
 */
import { fourier, type Fourier } from './fft.ts';

/** Radial frequencies of a half spectrum in cycles per pixel, H·(⌊W/2⌋+1) of them (numpy's fftfreq and rfftfreq). */
export function frequencies(width: number, height: number): Float64Array {
  const columns = (width >> 1) + 1;
  return Float64Array.from({ length: height * columns }, (_, i) => {
    const row = Math.floor(i / columns);
    const fy = (row <= (height - 1) >> 1 ? row : row - height) / height;
    return Math.hypot(fy, (i % columns) / width);
  });
}

/** The transforms of planes of one size. */
export class Spectrum {
  readonly width: number;
  readonly height: number;
  /** Columns of a half spectrum. */
  readonly columns: number;
  /** Numbers in a half spectrum. */
  readonly size: number;
  readonly #alongX: Fourier;
  readonly #alongY: Fourier;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  /** The half spectrum with its columns contiguous. */
  readonly #columnsRe: Float64Array;
  readonly #columnsIm: Float64Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.columns = (width >> 1) + 1;
    this.size = 2 * height * this.columns;
    this.#alongX = fourier(width);
    this.#alongY = fourier(height);
    this.#re = new Float64Array(width);
    this.#im = new Float64Array(width);
    this.#columnsRe = new Float64Array(height * this.columns);
    this.#columnsIm = new Float64Array(height * this.columns);
  }

  /**
   * The real plane of a half spectrum, divided by W·H: numpy's `irfft2`.
   *
   * @param half `size` numbers from `at` on
   * @param plane W·H numbers from `to` on, overwritten
   */
  toPlane(half: Float64Array, at: number, plane: Float64Array, to: number): void {
    const { width, height, columns } = this;
    const [re, im, cRe, cIm] = [this.#re, this.#im, this.#columnsRe, this.#columnsIm];
    for (let x = 0; x < columns; x++) {
      const column = x * height;
      for (let y = 0, i = at + 2 * x; y < height; y++, i += 2 * columns) {
        cRe[column + y] = half[i] ?? 0;
        cIm[column + y] = half[i + 1] ?? 0;
      }
      this.#alongY.backward(cRe.subarray(column, column + height), cIm.subarray(column, column + height));
    }
    const scale = 1 / (width * height);
    // Two real rows a and b share one complex transform, that of a + ib.
    for (let y = 0; y < height; y += 2) {
      const second = y + 1 < height;
      for (let x = 0; x < columns; x++) {
        const i = x * height + y;
        const edge = x === 0 || 2 * x === width;
        const aRe = cRe[i] ?? 0;
        const aIm = edge ? 0 : (cIm[i] ?? 0);
        const bRe = second ? (cRe[i + 1] ?? 0) : 0;
        const bIm = second && !edge ? (cIm[i + 1] ?? 0) : 0;
        re[x] = aRe - bIm;
        im[x] = aIm + bRe;
        if (edge) continue;
        re[width - x] = aRe + bIm;
        im[width - x] = bRe - aIm;
      }
      this.#alongX.backward(re, im);
      const row = to + y * width;
      for (let x = 0; x < width; x++) plane[row + x] = (re[x] ?? 0) * scale;
      if (second) for (let x = 0; x < width; x++) plane[row + width + x] = (im[x] ?? 0) * scale;
    }
  }

  /**
   * The adjoint of {@link toPlane}: for every half spectrum s and plane p, ⟨toPlane(s), p⟩ = ⟨s, toHalf(p)⟩ as real vectors.
   *
   * @param half `size` numbers from `to` on, overwritten
   */
  toHalf(plane: Float64Array, at: number, half: Float64Array, to: number): void {
    const { width, height, columns } = this;
    const [re, im, cRe, cIm] = [this.#re, this.#im, this.#columnsRe, this.#columnsIm];
    for (let y = 0; y < height; y += 2) {
      const row = at + y * width;
      const second = y + 1 < height;
      for (let x = 0; x < width; x++) {
        re[x] = plane[row + x] ?? 0;
        im[x] = second ? (plane[row + width + x] ?? 0) : 0;
      }
      this.#alongX.forward(re, im);
      for (let x = 0; x < columns; x++) {
        const mirrored = x === 0 ? 0 : width - x;
        const a = re[x] ?? 0;
        const b = im[x] ?? 0;
        const c = re[mirrored] ?? 0;
        const d = im[mirrored] ?? 0;
        const i = x * height + y;
        cRe[i] = (a + c) / 2;
        cIm[i] = (b - d) / 2;
        if (!second) continue;
        cRe[i + 1] = (b + d) / 2;
        cIm[i + 1] = (c - a) / 2;
      }
    }
    for (let x = 0; x < columns; x++) {
      const column = x * height;
      this.#alongY.forward(cRe.subarray(column, column + height), cIm.subarray(column, column + height));
      // A column that stands for its conjugate too counts twice.
      const weight = (x === 0 || 2 * x === width ? 1 : 2) / (width * height);
      for (let y = 0, i = to + 2 * x; y < height; y++, i += 2 * columns) {
        half[i] = weight * (cRe[column + y] ?? 0);
        half[i + 1] = weight * (cIm[column + y] ?? 0);
      }
    }
  }
}
