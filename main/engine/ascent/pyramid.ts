/**
 * The Laplacian pyramid of Burt & Adelson (1983): a picture as bands of detail, each at half the size of the one before,
 * and a coarse rest. Taking apart and putting together are exact inverses. What a normaliser wants to know of the samples is
 * summed up on the way, because at these sizes every further pass over them costs as much as the arithmetic.
 */
import { createPixels, type Pixels, type Size } from '../imaging/pixels.ts';

/** Binomial weights: the outer product [1 4 6 4 1]/16, which TensorFlow's Deep Dream tutorial uses. */
const [OUTER, INNER, MIDDLE] = [1 / 16, 4 / 16, 6 / 16];

/** An index beyond an edge is mirrored about the edge sample. */
const mirror = (i: number, n: number): number => {
  const low = i < 0 ? -i : i;
  return Math.max(0, low >= n ? 2 * (n - 1) - low : low);
};

/** The coarser pictures of a pyramid over a picture of this size, to be filled: up to `levels`, each half of the one before. */
export function coarserPictures({ width, height }: Size, levels: number): Pixels[] {
  const pictures: Pixels[] = [];
  let size = { width, height };
  while (pictures.length < levels && Math.min(size.width, size.height) >= 4) {
    size = { width: (size.width + 1) >> 1, height: (size.height + 1) >> 1 };
    pictures.push(createPixels(size.width, size.height));
  }
  return pictures;
}

/** Blurs and halves: every second sample along both axes. */
export function reduce({ width, height, data }: Pixels, small: Pixels): Pixels {
  const row = new Float32Array(width);
  const inner = Math.max(0, (width - 3) >> 1);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < small.height; y++) {
      const at = (dy: number): number => (c * height + mirror(2 * y + dy, height)) * width;
      const [a, b, m, d, e] = [at(-2), at(-1), at(0), at(1), at(2)];
      for (let x = 0; x < width; x++) {
        row[x] =
          OUTER * ((data[a + x] ?? 0) + (data[e + x] ?? 0)) +
          INNER * ((data[b + x] ?? 0) + (data[d + x] ?? 0)) +
          MIDDLE * (data[m + x] ?? 0);
      }
      const to = (c * small.height + y) * small.width;
      const atEdge = (x: number): void => {
        const far = (row[mirror(2 * x - 2, width)] ?? 0) + (row[mirror(2 * x + 2, width)] ?? 0);
        const near = (row[mirror(2 * x - 1, width)] ?? 0) + (row[mirror(2 * x + 1, width)] ?? 0);
        small.data[to + x] = OUTER * far + INNER * near + MIDDLE * (row[2 * x] ?? 0);
      };
      atEdge(0);
      for (let x = 1, i = 2; x <= inner; x++, i += 2) {
        const far = (row[i - 2] ?? 0) + (row[i + 2] ?? 0);
        const near = (row[i - 1] ?? 0) + (row[i + 1] ?? 0);
        small.data[to + x] = OUTER * far + INNER * near + MIDDLE * (row[i] ?? 0);
      }
      for (let x = inner + 1; x < small.width; x++) atEdge(x);
    }
  }
  return small;
}

/** A row of a picture's channel enlarged downwards to twice its size: the weights between two rows are 4 and 4, on one 1, 6 and 1. */
function enlargedRow({ width, height, data }: Pixels, c: number, y: number, row: Float32Array): void {
  const at = (j: number): number => (c * height + Math.min(Math.max(j, 0), height - 1)) * width;
  const [above, here, below] = [at((y >> 1) - 1), at(y >> 1), at((y >> 1) + 1)];
  if ((y & 1) === 1)
    for (let x = 0; x < width; x++) row[x] = ((data[here + x] ?? 0) + (data[below + x] ?? 0)) / 2;
  else
    for (let x = 0; x < width; x++)
      row[x] = ((data[above + x] ?? 0) + (data[below + x] ?? 0) + 6 * (data[here + x] ?? 0)) / 8;
}

/** Takes the enlarged `small` from a picture of twice its size, in place. @returns the sum of the squares of what is left */
function subtractEnlarged({ width, height, data }: Pixels, small: Pixels): number {
  const row = new Float32Array(small.width);
  const last = small.width - 1;
  let squares = 0;
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      enlargedRow(small, c, y, row);
      let to = (c * height + y) * width;
      let before = row[0] ?? 0;
      let middle = before;
      for (let i = 0, end = to + width; i <= last; i++) {
        const after = row[i < last ? i + 1 : i] ?? 0;
        const even = Math.fround((data[to] ?? 0) - (before + after + 6 * middle) / 8);
        data[to++] = even;
        squares += even * even;
        if (to < end) {
          const odd = Math.fround((data[to] ?? 0) - (middle + after) / 2);
          data[to++] = odd;
          squares += odd * odd;
        }
        before = middle;
        middle = after;
      }
    }
  }
  return squares;
}

/** Multiplies a picture by `factor` and adds the enlarged `small`, in place. @returns the sum of the sizes of its samples */
function addEnlarged({ width, height, data }: Pixels, factor: number, small: Pixels): number {
  const row = new Float32Array(small.width);
  const last = small.width - 1;
  let sizes = 0;
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      enlargedRow(small, c, y, row);
      let to = (c * height + y) * width;
      let before = row[0] ?? 0;
      let middle = before;
      for (let i = 0, end = to + width; i <= last; i++) {
        const after = row[i < last ? i + 1 : i] ?? 0;
        const scaledEven = Math.fround((data[to] ?? 0) * factor);
        const even = Math.fround(scaledEven + (before + after + 6 * middle) / 8);
        data[to++] = even;
        sizes += Math.abs(even);
        if (to < end) {
          const scaledOdd = Math.fround((data[to] ?? 0) * factor);
          const odd = Math.fround(scaledOdd + (middle + after) / 2);
          data[to++] = odd;
          sizes += Math.abs(odd);
        }
        before = middle;
        middle = after;
      }
    }
  }
  return sizes;
}

export interface Pyramid {
  /** From fine to coarse; the rest is the last. */
  readonly bands: readonly Pixels[];
  /** Sum of the squares of each band's samples. */
  readonly squares: readonly number[];
}

/**
 * Takes a picture apart, in place: its own samples become the finest band.
 *
 * @param coarser as {@link coarserPictures} makes them for its size; they become the other bands
 */
export function takeApart(picture: Pixels, coarser: readonly Pixels[]): Pyramid {
  const bands: Pixels[] = [picture];
  const squares: number[] = [];
  let rest = picture;
  for (const small of coarser) {
    reduce(rest, small);
    squares.push(subtractEnlarged(rest, small));
    bands.push(small);
    rest = small;
  }
  let sum = 0;
  for (let i = 0; i < rest.data.length; i++) sum += (rest.data[i] ?? 0) ** 2;
  return { bands, squares: [...squares, sum] };
}

/**
 * The inverse of {@link takeApart}, in place: the finest band becomes the picture.
 *
 * @param factors that the bands are multiplied by before, as many as there are
 * @returns the sum of the sizes of the picture's samples
 */
export function putTogether({ bands }: Pyramid, factors: readonly number[]): number {
  const rest = bands.at(-1);
  const factor = factors[bands.length - 1] ?? 1;
  let sizes = 0;
  for (let i = 0, data = rest?.data ?? new Float32Array(); i < data.length; i++) {
    data[i] = (data[i] ?? 0) * factor;
    sizes += Math.abs(data[i] ?? 0);
  }
  for (let level = bands.length - 2; level >= 0; level--) {
    const [band, coarse] = [bands[level], bands[level + 1]];
    if (band !== undefined && coarse !== undefined) sizes = addEnlarged(band, factors[level] ?? 1, coarse);
  }
  return sizes;
}
